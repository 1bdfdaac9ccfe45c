package io.github.happychat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON (RFC 8259): an object becomes a Map, an array a List, a string a String, a number a Double, true and false
 * a Boolean, null null. What is none throws IllegalArgumentException.
 */
final class JsonText {
    private static final int DEEPEST = 40;

    private final String text;
    private int at;
    private int depth;

    private JsonText(String text) {
        this.text = text;
    }

    static Object read(String text) {
        JsonText reader = new JsonText(text);
        Object value = reader.value();
        reader.space();
        if (reader.at < text.length()) throw reader.wrong();
        return value;
    }

    private Object value() {
        space();
        switch (peek()) {
            case '{': return object();
            case '[': return array();
            case '"': return string();
            case 't': return word("true", Boolean.TRUE);
            case 'f': return word("false", Boolean.FALSE);
            case 'n': return word("null", null);
            default: return number();
        }
    }

    private Map<String, Object> object() {
        Map<String, Object> out = new LinkedHashMap<String, Object>();
        enter();
        for (boolean more = !ends('}'); more; more = another('}')) {
            space();
            String name = string();
            space();
            if (peek() != ':') throw wrong();
            at++;
            out.put(name, value());
        }
        depth--;
        return out;
    }

    private List<Object> array() {
        List<Object> out = new ArrayList<Object>();
        enter();
        for (boolean more = !ends(']'); more; more = another(']')) out.add(value());
        depth--;
        return out;
    }

    private void enter() {
        at++;
        if (++depth > DEEPEST) throw wrong();
    }

    private boolean ends(char end) {
        space();
        if (peek() != end) return false;
        at++;
        return true;
    }

    private boolean another(char end) {
        if (ends(end)) return false;
        if (peek() != ',') throw wrong();
        at++;
        return true;
    }

    private String string() {
        if (peek() != '"') throw wrong();
        at++;
        StringBuilder out = new StringBuilder();
        for (char c = take(); c != '"'; c = take()) out.append(c == '\\' ? escaped() : c);
        return out.toString();
    }

    private char escaped() {
        char c = take();
        switch (c) {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'u': return unit();
            default:
                if ("\"\\/".indexOf(c) < 0) throw wrong();
                return c;
        }
    }

    private char unit() {
        int out = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(take(), 16);
            if (digit < 0) throw wrong();
            out = out << 4 | digit;
        }
        return (char) out;
    }

    private Double number() {
        int from = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
        return Double.valueOf(text.substring(from, at)); // A NumberFormatException is an IllegalArgumentException.
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) throw wrong();
        at += word.length();
        return value;
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    }

    private char peek() {
        if (at >= text.length()) throw wrong();
        return text.charAt(at);
    }

    private char take() {
        char c = peek();
        at++;
        return c;
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException("no JSON at " + at);
    }
}
