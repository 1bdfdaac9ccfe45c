package io.github.happychat;

import java.io.UnsupportedEncodingException;
import java.net.URLDecoder;
import java.util.Locale;

/** What a download is called on this phone. The name comes from whoever sent the file, so it is only a proposal. */
final class FileName {
    private static final int LONGEST = 120;
    private static final String EXTENDED = "filename*=";
    private static final String PLAIN = "filename=";

    private FileName() {
    }

    /** Reads a Content-Disposition (RFC 6266); without a name in it, the end of the address. */
    static String of(String disposition, String url) {
        String name = disposition == null ? "" : told(disposition);
        if (name.isEmpty()) {
            String path = url.replaceAll("[?#].*$", "");
            name = decoded(path.substring(path.lastIndexOf('/') + 1));
        }
        return harmless(name);
    }

    private static String told(String disposition) {
        String lower = disposition.toLowerCase(Locale.ROOT);
        int at = lower.indexOf(EXTENDED);
        if (at >= 0) {
            String value = upTo(disposition.substring(at + EXTENDED.length()), ';').trim();
            int quote = value.lastIndexOf('\'');
            if (quote >= 0 && value.toLowerCase(Locale.ROOT).startsWith("utf-8'")) return decoded(value.substring(quote + 1));
        }
        at = lower.indexOf(PLAIN);
        if (at < 0) return "";
        String value = disposition.substring(at + PLAIN.length()).trim();
        if (!value.startsWith("\"")) return upTo(value, ';').trim();
        StringBuilder out = new StringBuilder();
        for (int i = 1; i < value.length() && value.charAt(i) != '"'; i++) {
            if (value.charAt(i) == '\\' && i + 1 < value.length()) i++;
            out.append(value.charAt(i));
        }
        return out.toString();
    }

    private static String upTo(String text, char end) {
        int at = text.indexOf(end);
        return at < 0 ? text : text.substring(0, at);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), "UTF-8");
        } catch (UnsupportedEncodingException | IllegalArgumentException e) {
            return text;
        }
    }

    /** No folder, nothing hidden, nothing that a file system or a reader takes for something else. */
    private static String harmless(String name) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean turns = c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' || c == '\u200e' || c == '\u200f';
            if (turns || Character.isISOControl(c)) continue;
            out.append("/\\:*?\"<>|".indexOf(c) >= 0 ? '_' : c);
        }
        String text = out.toString().trim();
        while (text.startsWith(".")) text = text.substring(1).trim();
        if (text.length() > LONGEST) {
            int dot = text.lastIndexOf('.');
            String end = dot > 0 && text.length() - dot <= 16 ? text.substring(dot) : "";
            int cut = LONGEST - end.length();
            if (Character.isHighSurrogate(text.charAt(cut - 1))) cut--;
            text = text.substring(0, cut) + end;
        }
        return text.isEmpty() ? "file" : text;
    }
}
