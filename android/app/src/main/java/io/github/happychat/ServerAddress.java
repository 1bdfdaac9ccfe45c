package io.github.happychat;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * Where a server is: scheme, host and port. Talked to without encryption is only what stands in one's own house.
 */
final class ServerAddress {
    /** Why a text is no address of a server. */
    enum Refusal { EMPTY, NOT_AN_ADDRESS, NOT_ENCRYPTED }

    static final class Refused extends Exception {
        final Refusal reason;

        Refused(Refusal reason) {
            super(reason.name());
            this.reason = reason;
        }
    }

    /** As browsers write origins: lower case, no standard port, no slash at the end. */
    final String origin;
    final boolean encrypted;

    private ServerAddress(String origin, boolean encrypted) {
        this.origin = origin;
        this.encrypted = encrypted;
    }

    /** Reads what somebody typed or pasted. What stands behind the host is not looked at. */
    static ServerAddress parse(String typed) throws Refused {
        return Link.parse(typed).server;
    }

    /** Reads a scheme, "" when none was written, and the host with its port. */
    static ServerAddress of(String scheme, String authority) throws Refused {
        String text = authority.toLowerCase(Locale.ROOT);
        String host = text;
        String port = "";
        int bracket = text.lastIndexOf(']');
        int colon = text.lastIndexOf(':');
        if (colon > bracket) {
            host = text.substring(0, colon);
            port = text.substring(colon + 1);
        }
        int number = port.isEmpty() ? 0 : port(port);
        boolean literal = host.startsWith("[");
        host = literal ? six(host) : name(host);
        boolean own = literal ? ownSix(host) : ownName(host);
        String chosen = scheme.isEmpty() ? (own ? "http" : "https") : scheme;
        boolean encrypted = chosen.equals("https");
        if (!encrypted && !chosen.equals("http")) throw new Refused(Refusal.NOT_AN_ADDRESS);
        if (!encrypted && !own) throw new Refused(Refusal.NOT_ENCRYPTED);
        boolean standard = number == 0 || number == (encrypted ? 443 : 80);
        return new ServerAddress(chosen + "://" + host + (standard ? "" : ":" + number), encrypted);
    }

    /** Reads an address that was kept; null if it is none. */
    static ServerAddress kept(String origin) {
        if (origin == null) return null;
        try {
            return parse(origin);
        } catch (Refused e) {
            return null;
        }
    }

    /** What stands in the address without the scheme, for people. */
    String shown() {
        return origin.substring(origin.indexOf("://") + 3);
    }

    /** Whether a page is of this server. Addresses come as the browser writes them. */
    boolean owns(String url) {
        if (url == null || !url.startsWith(origin)) return false;
        if (url.length() == origin.length()) return true;
        char next = url.charAt(origin.length());
        return next == '/' || next == '?' || next == '#';
    }

    /** What stands behind the host of one of its pages, without query and fragment. */
    String pathOf(String url) {
        String rest = url.substring(origin.length());
        for (int i = 0; i < rest.length(); i++) {
            if (rest.charAt(i) == '?' || rest.charAt(i) == '#') return rest.substring(0, i);
        }
        return rest;
    }

    private static int port(String text) throws Refused {
        if (text.length() > 5 || !digits(text)) throw new Refused(Refusal.NOT_AN_ADDRESS);
        int number = Integer.parseInt(text);
        if (number < 1 || number > 65535) throw new Refused(Refusal.NOT_AN_ADDRESS);
        return number;
    }

    private static String name(String typed) throws Refused {
        String host;
        try {
            host = IDN.toASCII(typed);
        } catch (IllegalArgumentException e) {
            throw new Refused(Refusal.NOT_AN_ADDRESS);
        }
        if (host.endsWith(".")) host = host.substring(0, host.length() - 1);
        if (host.isEmpty() || host.length() > 253) throw new Refused(Refusal.NOT_AN_ADDRESS);
        String[] labels = host.split("\\.", -1);
        for (String label : labels) {
            if (!label(label)) throw new Refused(Refusal.NOT_AN_ADDRESS);
        }
        // A last part of digits makes it a number for browsers, and then all four must be there.
        String last = labels[labels.length - 1];
        if (last.startsWith("0x") || digits(last) && four(host) == null) throw new Refused(Refusal.NOT_AN_ADDRESS);
        return host;
    }

    private static boolean label(String label) {
        if (label.isEmpty() || label.length() > 63 || label.startsWith("-") || label.endsWith("-")) return false;
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_')) return false;
        }
        return true;
    }

    private static boolean digits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') return false;
        }
        return !text.isEmpty();
    }

    /** The parts of an IPv4 address, or null. */
    private static int[] four(String host) {
        String[] parts = host.split("\\.", -1);
        if (parts.length != 4) return null;
        int[] numbers = new int[4];
        for (int i = 0; i < 4; i++) {
            String part = parts[i];
            if (!digits(part) || part.length() > 3 || part.length() > 1 && part.startsWith("0")) return null;
            numbers[i] = Integer.parseInt(part);
            if (numbers[i] > 255) return null;
        }
        return numbers;
    }

    /** Private, loopback, link-local and carrier-grade addresses, and names that only a house or a company knows. */
    private static boolean ownName(String host) {
        int[] ip = four(host);
        if (ip != null) {
            return ip[0] == 10 || ip[0] == 127 || ip[0] == 172 && ip[1] >= 16 && ip[1] < 32 || ip[0] == 192 && ip[1] == 168
                    || ip[0] == 169 && ip[1] == 254 || ip[0] == 100 && ip[1] >= 64 && ip[1] < 128;
        }
        if (host.indexOf('.') < 0) return true;
        for (String end : new String[] {".localhost", ".local", ".lan", ".home.arpa", ".internal"}) {
            if (host.endsWith(end)) return true;
        }
        return false;
    }

    /** As browsers write it (RFC 5952): the longest run of zeros is left out. */
    private static String six(String typed) throws Refused {
        byte[] bytes = null;
        // Nothing that a name server would be asked for.
        if (typed.matches("\\[[0-9a-f:]*:[0-9a-f:.]*\\]")) {
            try {
                bytes = InetAddress.getByName(typed).getAddress();
            } catch (UnknownHostException e) {
                bytes = null;
            }
        }
        if (bytes == null || bytes.length != 16) throw new Refused(Refusal.NOT_AN_ADDRESS);
        int from = -1;
        int longest = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && part(bytes, i + run) == 0) run++;
            if (run > longest) {
                from = i;
                longest = run;
            }
        }
        StringBuilder out = new StringBuilder("[");
        for (int i = 0; i < 8; i++) {
            if (i == from) {
                out.append("::");
                i += longest - 1;
                continue;
            }
            if (i > 0 && out.charAt(out.length() - 1) != ':') out.append(':');
            out.append(Integer.toHexString(part(bytes, i)));
        }
        return out.append(']').toString();
    }

    private static int part(byte[] bytes, int i) {
        return (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
    }

    /** Loopback, unique local (fc00::/7) and link-local (fe80::/10). */
    private static boolean ownSix(String host) {
        String inside = host.substring(1, host.length() - 1);
        if (inside.equals("::1")) return true;
        String first = inside.substring(0, inside.indexOf(':'));
        if (first.length() != 4) return false;
        return first.startsWith("fc") || first.startsWith("fd") || first.startsWith("fe8") || first.startsWith("fe9")
                || first.startsWith("fea") || first.startsWith("feb");
    }
}
