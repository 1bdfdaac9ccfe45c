package io.github.happychat;

import java.io.UnsupportedEncodingException;
import java.net.URLDecoder;
import java.util.Locale;

/**
 * An address together with the page of the server that it leads to: an invitation, for instance. Either the page's own
 * address, as it is pasted, or the same inside of happychat://open?url=…, which opens this app.
 */
final class Link {
    static final String SCHEME = "happychat";

    final ServerAddress server;
    /** Begins with a slash. */
    final String path;

    private Link(ServerAddress server, String path) {
        this.server = server;
        this.path = path;
    }

    String url() {
        return server.origin + path;
    }

    /** Whether it leads further than to the server. */
    boolean leads() {
        return !path.equals("/");
    }

    static Link parse(String typed) throws ServerAddress.Refused {
        String text = plain(typed);
        if (text.isEmpty()) throw new ServerAddress.Refused(ServerAddress.Refusal.EMPTY);
        String scheme = "";
        int mark = text.indexOf("://");
        if (mark >= 0) {
            scheme = text.substring(0, mark).toLowerCase(Locale.ROOT);
            text = text.substring(mark + 3);
        }
        if (scheme.equals(SCHEME)) return opened(text);
        int end = text.length();
        for (int i = 0; i < end; i++) {
            if ("/?#\\".indexOf(text.charAt(i)) >= 0) end = i;
        }
        String rest = text.substring(end);
        if (rest.startsWith("\\")) throw new ServerAddress.Refused(ServerAddress.Refusal.NOT_AN_ADDRESS);
        ServerAddress server = ServerAddress.of(scheme, text.substring(0, end));
        return new Link(server, rest.startsWith("/") ? rest : "/" + rest);
    }

    private static Link opened(String rest) throws ServerAddress.Refused {
        int from = rest.indexOf("url=");
        if (!rest.startsWith("open?") || from < 0) throw new ServerAddress.Refused(ServerAddress.Refusal.NOT_AN_ADDRESS);
        String value = rest.substring(from + 4);
        int and = value.indexOf('&');
        if (and >= 0) value = value.substring(0, and);
        try {
            value = URLDecoder.decode(value, "UTF-8");
        } catch (UnsupportedEncodingException | IllegalArgumentException e) {
            throw new ServerAddress.Refused(ServerAddress.Refusal.NOT_AN_ADDRESS);
        }
        String lower = value.toLowerCase(Locale.ROOT);
        if (!lower.startsWith("https://") && !lower.startsWith("http://")) {
            throw new ServerAddress.Refused(ServerAddress.Refusal.NOT_AN_ADDRESS);
        }
        return parse(value);
    }

    /** Without what gets into an address by a Chinese keyboard, by pasting or by writing it into a sentence. */
    private static String plain(String typed) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < typed.length(); i++) {
            char c = typed.charAt(i);
            if (c == '。' || c == '．') c = '.';
            else if (c == '：') c = ':';
            else if (c == '／') c = '/';
            if (c > ' ' && c != '\u00a0' && c != '\u200b' && c != '\u3000' && c != '\u007f') out.append(c);
        }
        return out.toString();
    }
}
