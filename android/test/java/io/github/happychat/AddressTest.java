package io.github.happychat;

import static io.github.happychat.Run.same;
import static io.github.happychat.Run.yes;

/** Addresses and names that people, links and servers give. */
public final class AddressTest {
    private static String origin(String typed) {
        try {
            return ServerAddress.parse(typed).origin;
        } catch (ServerAddress.Refused e) {
            return e.reason.name();
        }
    }

    public void whatIsTypedBecomesAnOrigin() {
        same("https://chat.example.com", origin("chat.example.com"));
        same("https://chat.example.com", origin("  HTTPS://Chat.Example.com/  "));
        same("https://chat.example.com", origin("https://chat.example.com:443/join#TOKEN"));
        same("https://chat.example.com:8443", origin("chat.example.com:8443"));
        same("https://chat.example.com", origin("chat。example。com"));
        same("https://xn--fsqu00a.example", origin("例子.example"));
        same("https://chat.example.com", origin("chat.example.com."));
        same("http://192.168.1.20:8080", origin("192.168.1.20:8080"));
        same("http://192.168.1.20", origin("http://192.168.1.20:80"));
        same("http://raspberrypi.local:8080", origin("raspberrypi.local:8080"));
        same("http://localhost:8080", origin("localhost：8080"));
        same("https://192.168.1.20", origin("https://192.168.1.20"));
        same("http://[::1]:8080", origin("[::1]:8080"));
        same("http://[fd00::1]", origin("[fd00:0:0:0:0:0:0:1]"));
        same("https://[2001:db8::1:0:0:1]", origin("[2001:db8:0:0:1:0:0:1]"));
    }

    public void withoutEncryptionOnlyInTheOwnHouse() {
        for (String own : new String[] {"10.1.2.3", "127.0.0.1", "172.16.0.1", "172.31.9.9", "192.168.0.1", "169.254.1.1",
                "100.64.0.1", "nas", "nas.lan", "nas.home.arpa", "[fe80::1]"}) {
            yes(origin("http://" + own).startsWith("http://"), own);
        }
        for (String other : new String[] {"chat.example.com", "8.8.8.8", "172.32.0.1", "192.169.0.1", "100.128.0.1",
                "11.0.0.1", "local.example.com", "[2001:db8::1]"}) {
            same("NOT_ENCRYPTED", origin("http://" + other));
            yes(origin(other).startsWith("https://"), other);
        }
    }

    public void whatIsNoAddressIsRefused() {
        same("EMPTY", origin("  "));
        for (String wrong : new String[] {"ftp://chat.example.com", "javascript:alert(1)", "https://", "a..b.com", "-a.com",
                "user@chat.example.com", "https://user:pw@chat.example.com", "chat.example.com:0", "chat.example.com:99999",
                "chat.example.com:8a", "1.2.3", "1.2.3.256", "01.2.3.4", "0x7f000001", "chat example com!", "[::1", "[zz::1]",
                "chat.example.com\\@evil.example", "https:\\\\evil.example", "file:///etc/passwd", "happychat://open",
                "happychat://open?url=happychat://open", "happychat://open?url=javascript%3Aalert(1)", "乐聊!"}) {
            same("NOT_AN_ADDRESS", origin(wrong));
        }
    }

    public void linksLeadToAPageOfAServer() throws Exception {
        Link link = Link.parse("https://chat.example.com/join#TOKEN");
        same("https://chat.example.com/join#TOKEN", link.url());
        yes(link.leads(), "leads further");
        link = Link.parse("happychat://open?url=https%3A%2F%2Fchat.example.com%3A8443%2Fadd%2Flin%3Fa%3D1%23T");
        same("https://chat.example.com:8443/add/lin?a=1#T", link.url());
        same("https://chat.example.com/?a=1", Link.parse("https://chat.example.com?a=1").url());
        yes(!Link.parse("chat.example.com").leads(), "leads to the server alone");
    }

    public void onlyItsOwnPagesBelongToAServer() throws Exception {
        ServerAddress server = ServerAddress.parse("chat.example.com");
        for (String own : new String[] {"https://chat.example.com", "https://chat.example.com/", "https://chat.example.com/a?b#c",
                "https://chat.example.com?x", "https://chat.example.com#x"}) {
            yes(server.owns(own), own);
        }
        for (String other : new String[] {null, "", "about:blank", "http://chat.example.com/", "https://chat.example.com:8443/",
                "https://chat.example.com.evil.example/", "https://chat.example.com@evil.example/", "https://evil.example/",
                "data:text/html,x", "blob:https://chat.example.com/1", "javascript:1"}) {
            yes(!server.owns(other), String.valueOf(other));
        }
        same("/a/b", server.pathOf("https://chat.example.com/a/b?c#d"));
        same("", server.pathOf("https://chat.example.com"));
    }

    public void downloadsHaveHarmlessNames() {
        same("年报 2026.pdf", FileName.of("attachment; filename=\"x.pdf\"; filename*=UTF-8''%E5%B9%B4%E6%8A%A5%202026.pdf", "https://a/b"));
        same("a \"b\".txt".replace('"', '_'), FileName.of("attachment; filename=\"a \\\"b\\\".txt\"", "https://a/b"));
        same("happychat.apk", FileName.of(null, "https://chat.example.com/download/happychat.apk?x=1#y"));
        same("_.._etc_passwd", FileName.of("attachment; filename=\"../../etc/passwd\"", "https://a/b").replace("..__", "_"));
        same("bashrc", FileName.of("attachment; filename=.bashrc", "https://a/b"));
        same("invoicefdp.exe", FileName.of("attachment; filename*=UTF-8''invoice%E2%80%AEfdp.exe", "https://a/b"));
        same("file", FileName.of("attachment; filename=\"...\"", "https://a/b"));
        String name = FileName.of("attachment; filename=\"" + "长".repeat(300) + ".pdf\"", "https://a/b");
        yes(name.length() <= 120 && name.endsWith(".pdf"), name);
    }

    public void whatIsToldToAPageIsQuoted() {
        same("\"a\\u0022\\u005c\\u000a\\u003c/script\\u003e\\u2028\\u4e50\"", Json.quoted("a\"\\\n</script>\u2028乐"));
    }
}
