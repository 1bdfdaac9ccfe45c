package io.github.happychat;

import static fake.Phone.press;
import static fake.Phone.shown;
import static fake.Phone.started;
import static fake.Phone.text;
import static fake.Phone.write;
import static io.github.happychat.Run.same;
import static io.github.happychat.Run.yes;

import android.content.Intent;
import android.net.Uri;
import android.os.Bundle;
import com.sun.net.httpserver.HttpServer;
import fake.Fakes;
import fake.Phone;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The screens of the app's own, in both languages: the server's address, and what went wrong. */
public final class ScreenTest {
    private static final String SERVER = "{\"name\":\"x\",\"registration\":\"open\",\"signedIn\":false,\"limits\":{}}";
    private Phone phone;

    private Phone phone(String language) throws Exception {
        phone = new Phone(Run.file("app"), Run.file("assets"), language, R.class);
        return phone;
    }

    /** A server on this machine that answers the same to everything. */
    static HttpServer serve(int status, String body, String... headers) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            for (int i = 0; i < headers.length; i += 2) exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String at(HttpServer server) {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    private AddressActivity ask(String link) throws Exception {
        Intent intent = new Intent();
        if (link != null) intent.putExtra(AddressActivity.LINK, link);
        return phone.open(AddressActivity.class, intent, null);
    }

    public void theFirstStartAsksForTheServer() throws Exception {
        phone("");
        ChatActivity chat = phone.open(ChatActivity.class, new Intent(), null);
        same(AddressActivity.class, Fakes.of(started()).get("class"));
        same(1, Fakes.calls("Activity.finish").size());
        yes(Fakes.calls("WebView.loadUrl").isEmpty(), "nothing is loaded");
        same(null, Fakes.of(chat).get("views"));
    }

    public void anAddressIsCheckedKeptAndOpened() throws Exception {
        phone("");
        HttpServer server = serve(200, SERVER);
        AddressActivity asking = ask(null);
        write(asking, "address", at(server));
        press(asking, "next");
        // In the own house without encryption, but not unasked.
        same(phone.word(R.string.address_plain), text(asking, "problem"));
        same(phone.word(R.string.next_plain), text(asking, "next"));
        yes(phone.preferences.isEmpty(), "nothing is kept yet");
        press(asking, "next");
        yes(shown(asking, "progress"), "progress is shown");
        Fakes.mainThread();
        same("http://" + at(server), phone.preferences.get("server"));
        same(ChatActivity.class, Fakes.of(started()).get("class"));
        same("http://" + at(server) + "/", started().getData().toString());
        server.stop(0);

        ChatActivity chat = phone.open(ChatActivity.class, new Intent(), null);
        same("http://" + at(server) + "/", Fakes.last("WebView.loadUrl").arguments[0]);
        yes(shown(chat, "page") && !shown(chat, "trouble"), "the page is shown");
    }

    public void anotherAddressIsWarnedOfAnew() throws Exception {
        phone("");
        AddressActivity asking = ask(null);
        write(asking, "address", "192.168.1.2");
        press(asking, "next");
        write(asking, "address", "192.168.1.3");
        yes(!shown(asking, "problem"), "the warning goes with what it was about");
        same(phone.word(R.string.next), text(asking, "next"));
        press(asking, "next");
        same(phone.word(R.string.address_plain), text(asking, "problem"));
        yes(!shown(asking, "progress"), "nothing is asked yet");
    }

    public void whatIsNoAddressIsSaidInWords() throws Exception {
        for (String language : new String[] {"", "zh"}) {
            phone(language);
            AddressActivity asking = ask(null);
            press(asking, "next");
            same(phone.word(R.string.address_empty), text(asking, "problem"));
            write(asking, "address", "http://chat.example.com");
            press(asking, "next");
            same(phone.word(R.string.address_not_encrypted), text(asking, "problem"));
            write(asking, "address", "chat..example");
            press(asking, "next");
            same(phone.word(R.string.address_wrong), text(asking, "problem"));
            yes(shown(asking, "problem"), "it is shown");
        }
    }

    private String troubleWith(String address) throws Exception {
        AddressActivity asking = ask(null);
        write(asking, "address", address);
        press(asking, "next");
        if (!shown(asking, "progress")) press(asking, "next");
        Fakes.mainThread();
        yes(!shown(asking, "progress"), "progress has ended");
        yes(phone.preferences.isEmpty(), "nothing is kept");
        return text(asking, "problem");
    }

    private void saysTrouble(Trouble trouble, String address) throws Exception {
        same(phone.word(trouble.title) + "\n" + phone.word(trouble.text, address), troubleWith(address));
    }

    public void whatIsWrongWithAServerIsSaidInWords() throws Exception {
        phone("zh");
        HttpServer other = serve(200, "<!doctype html>hello");
        saysTrouble(Trouble.NOT_HAPPY_CHAT, at(other));
        HttpServer circle = serve(302, "", "Location", "/elsewhere");
        saysTrouble(Trouble.NOT_HAPPY_CHAT, at(circle));
        HttpServer unlocked = serve(302, "", "Location", "http://127.0.0.1:1/api/v1/server");
        saysTrouble(Trouble.NOT_HAPPY_CHAT, at(unlocked));
        String gone = at(other);
        other.stop(0);
        circle.stop(0);
        unlocked.stop(0);
        saysTrouble(Trouble.UNREACHABLE, gone);
        phone.online = false;
        saysTrouble(Trouble.NO_NETWORK, gone);
        same(Trouble.CERTIFICATE, ServerCheck.troubleOf(new javax.net.ssl.SSLHandshakeException("")));
        same(Trouble.UNKNOWN_HOST, ServerCheck.troubleOf(new java.net.UnknownHostException()));
        same(Trouble.SLOW, ServerCheck.troubleOf(new java.net.SocketTimeoutException()));
    }

    public void anInvitationOpensItsServer() throws Exception {
        phone("");
        HttpServer server = serve(200, SERVER);
        Intent opened = new Intent(Intent.ACTION_VIEW, Uri.parse("happychat://open?url=http%3A%2F%2F127.0.0.1%3A" + server.getAddress().getPort() + "%2Fjoin%23TOKEN"));
        phone.open(ChatActivity.class, opened, null);
        same(AddressActivity.class, Fakes.of(started()).get("class"));
        String link = started().getStringExtra(AddressActivity.LINK);
        same("http://" + at(server) + "/join#TOKEN", link);
        AddressActivity asking = ask(link);
        same(phone.word(R.string.address_invited), text(asking, "text"));
        same(link, text(asking, "address"));
        press(asking, "next");
        press(asking, "next");
        Fakes.mainThread();
        same("http://" + at(server), phone.preferences.get("server"));
        same(link, started().getData().toString());
        ChatActivity chat = phone.open(ChatActivity.class, started(), null);
        same(link, Fakes.last("WebView.loadUrl").arguments[0]);
        server.stop(0);

        // Of another server than one's own nobody is taken there unasked.
        Intent elsewhere = new Intent(Intent.ACTION_VIEW, Uri.parse("happychat://open?url=https%3A%2F%2Fevil.example%2Fjoin%23T"));
        Phone.act(chat, "onNewIntent", Intent.class, elsewhere);
        same("https://evil.example/join#T", started().getStringExtra(AddressActivity.LINK));
        same(1, Fakes.calls("WebView.loadUrl").size());
        same(phone.word(R.string.address_other), text(ask("https://evil.example/join#T"), "text"));
    }

    public void whatTheBrowserCannotLoadIsSaidInWords() throws Exception {
        for (String language : new String[] {"", "zh"}) {
            phone(language).preferences.put("server", "https://chat.example.com");
            ChatActivity chat = phone.open(ChatActivity.class, new Intent(), null);
            for (Trouble trouble : new Trouble[] {Trouble.UNKNOWN_HOST, Trouble.UNREACHABLE, Trouble.SLOW, Trouble.CERTIFICATE}) {
                chat.failed(trouble);
                yes(shown(chat, "trouble") && !shown(chat, "page"), "the trouble takes the page's place");
                same(phone.word(trouble.title), text(chat, "title"));
                same(phone.word(trouble.text, "chat.example.com"), text(chat, "text"));
            }
            phone.online = false;
            chat.failed(Trouble.UNREACHABLE);
            same(phone.word(R.string.trouble_no_network), text(chat, "title"));
            int before = Fakes.calls("WebView.loadUrl").size();
            press(chat, "retry");
            same(before + 1, Fakes.calls("WebView.loadUrl").size());
            yes(shown(chat, "page") && !shown(chat, "trouble"), "the page is back");
            press(chat, "change");
            same(AddressActivity.class, Fakes.of(started()).get("class"));
        }
    }

    public void anOldBrowserIsToldOf() throws Exception {
        phone("").preferences.put("server", "https://chat.example.com");
        phone.browser = "Mozilla/5.0 (Linux; Android 7.0) Version/4.0 Chrome/51.0.2704.90 Mobile Safari/537.36";
        ChatActivity chat = phone.open(ChatActivity.class, new Intent(), null);
        same(phone.word(R.string.trouble_old_browser), text(chat, "title"));
        same(phone.word(R.string.update), text(chat, "retry"));
        yes(Fakes.calls("WebView.loadUrl").isEmpty(), "nothing is loaded");
        press(chat, "retry");
        same("market://details?id=com.google.android.webview", started().getData().toString());
        Phone.act(chat, "onSaveInstanceState", Bundle.class, new Bundle());
        chat.onBackPressed();
        same(1, Fakes.calls("Activity.moveTaskToBack").size());
    }

    /** Light icons on dark, dark icons on light: at the start as the phone is set, then as the page says. */
    public void theBarsFollowDarkAndLight() throws Exception {
        int light = android.view.View.SYSTEM_UI_FLAG_LIGHT_STATUS_BAR | android.view.View.SYSTEM_UI_FLAG_LIGHT_NAVIGATION_BAR;
        for (boolean night : new boolean[] {false, true}) {
            phone("").preferences.put("server", "https://chat.example.com");
            phone.night = night;
            ChatActivity chat = phone.open(ChatActivity.class, new Intent(), null);
            same(night ? 0 : light, (Integer) Fakes.last("View.setSystemUiVisibility").arguments[0] & light);
            chat.appearance(!night, 0xff123456);
            same(night ? light : 0, (Integer) Fakes.last("View.setSystemUiVisibility").arguments[0] & light);
            same(0xff123456, Fakes.last("View.setBackgroundColor").arguments[0]);
        }
    }

    /** The page is told what the bars cover; the keyboard makes it smaller. */
    public void insetsReachThePage() throws Exception {
        phone("").preferences.put("server", "https://chat.example.com");
        ChatActivity chat = phone.open(ChatActivity.class, new Intent(), null);
        chat.opened("https://chat.example.com/");
        android.view.View root = Phone.view(chat, "root");
        var listener = (android.view.View.OnApplyWindowInsetsListener) Fakes.of(root).get("OnApplyWindowInsetsListener");
        android.view.WindowInsets insets = new android.view.WindowInsets(null);
        Fakes.on("WindowInsets.consumeSystemWindowInsets", (self, a) -> self);
        Fakes.on("WindowInsets.consumeDisplayCutout", (self, a) -> self);
        Fakes.of(insets).putAll(java.util.Map.of("SystemWindowInsetTop", 48, "SystemWindowInsetBottom", 32, "StableInsetBottom", 32));
        listener.onApplyWindowInsets(root, insets);
        same("{\"version\":\"1.2.3\",\"top\":24,\"bottom\":16}", chat.start());
        same("window.happychat?.told(\"insets\")", Fakes.last("WebView.evaluateJavascript").arguments[0]);
        same(0, Fakes.calls("View.setPadding").stream().filter(call -> call.self == root).reduce((a, b) -> b).get().arguments[3]);
        Fakes.of(insets).put("SystemWindowInsetBottom", 600);
        listener.onApplyWindowInsets(root, insets);
        same("{\"version\":\"1.2.3\",\"top\":24,\"bottom\":0}", chat.start());
        yes(Fakes.calls("View.setPadding").stream().anyMatch(call -> call.self == root && call.arguments[3].equals(600)), "room for the keyboard");
        // Moved to a screen with larger pixels.
        phone.metrics.density = 1.5f;
        listener.onApplyWindowInsets(root, insets);
        same("{\"version\":\"1.2.3\",\"top\":32,\"bottom\":0}", chat.start());
    }
}
