package io.github.happychat;

/** The little that is told to the page. */
final class Json {
    private Json() {
    }

    /** A string, also fit to stand in a script. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c >= ' ' && c < 127 && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
            if (plain) out.append(c);
            else out.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
        }
        return out.append('"').toString();
    }

    static String strings(Iterable<String> texts) {
        StringBuilder out = new StringBuilder("[");
        for (String text : texts) out.append(out.length() > 1 ? "," : "").append(quoted(text));
        return out.append(']').toString();
    }
}
