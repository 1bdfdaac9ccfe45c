package io.github.happychat;

import static fake.Phone.started;
import static io.github.happychat.Run.same;
import static io.github.happychat.Run.yes;

import android.app.Activity;
import android.content.Intent;
import android.net.Uri;
import android.os.Bundle;
import android.webkit.PermissionRequest;
import android.webkit.ValueCallback;
import android.webkit.WebChromeClient;
import android.webkit.WebResourceRequest;
import android.webkit.WebResourceResponse;
import android.webkit.WebView;
import com.sun.net.httpserver.HttpServer;
import fake.Fakes;
import fake.Phone;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The page inside: what it may load and ask for, and what reaches it. */
public final class PageTest {
    private static final String HOME = "https://chat.example.com";
    private Phone phone;
    private ChatActivity chat;

    private void open(Intent intent, Bundle saved) throws Exception {
        phone = new Phone(Run.file("app"), Run.file("assets"), "", R.class);
        phone.preferences.put("server", HOME);
        phone.preferences.put("same", mark());
        chat = phone.open(ChatActivity.class, intent, saved);
        chat.opened(HOME + "/");
    }

    /** The script beside the first page, whose name stays when its content changes. */
    private static String beside() {
        return "/" + new java.io.File(Run.file("assets"), "web").list((folder, name) -> name.endsWith(".js"))[0];
    }

    /** As the server names its first page. */
    private static String mark() throws Exception {
        byte[] sum = java.security.MessageDigest.getInstance("SHA-256").digest(
                java.nio.file.Files.readAllBytes(new java.io.File(Run.file("assets"), "web/index.html").toPath()));
        return java.util.Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(sum, 12));
    }

    private void open() throws Exception {
        open(new Intent(), null);
    }

    private PageClient client() {
        return (PageClient) Fakes.last("WebView.setWebViewClient").arguments[0];
    }

    private PageChrome chrome() {
        return (PageChrome) Fakes.last("WebView.setWebChromeClient").arguments[0];
    }

    private static WebResourceRequest request(String method, String url, boolean page, boolean touched) {
        return (WebResourceRequest) Proxy.newProxyInstance(PageTest.class.getClassLoader(), new Class<?>[] {WebResourceRequest.class},
                (self, asked, none) -> switch (asked.getName()) {
                    case "getUrl" -> Uri.parse(url);
                    case "getMethod" -> method;
                    case "isForMainFrame" -> page;
                    case "hasGesture" -> touched;
                    default -> null;
                });
    }

    private WebResourceResponse get(String url, boolean page) {
        return client().shouldInterceptRequest(null, request("GET", url, page, false));
    }

    private static Object[] made(WebResourceResponse response) {
        return (Object[]) Fakes.of(response).get("made");
    }

    private static String body(WebResourceResponse response) throws Exception {
        Object[] made = made(response);
        return new String(((java.io.InputStream) made[made.length - 1]).readAllBytes(), "UTF-8");
    }

    /** From inside come only files of the app, and only under the server's own addresses. */
    public void onlyTheAppsOwnFilesAreAnswered() throws Exception {
        open();
        String index = new String(java.nio.file.Files.readAllBytes(new java.io.File(Run.file("assets"), "web/index.html").toPath()), "UTF-8");
        for (String page : new String[] {"", "/", "/chats", "/chats/123?a=b#c", "/join", "/sign-in"}) {
            WebResourceResponse response = get(HOME + page, true);
            yes(response != null, page);
            same(index, body(response));
            same("text/html", made(response)[0]);
            Map<?, ?> headers = (Map<?, ?>) made(response)[4];
            yes(String.valueOf(headers.get("Content-Security-Policy")).contains("connect-src 'self' ws://chat.example.com wss://chat.example.com;"), "policy");
            same("no-cache", headers.get("Cache-Control"));
        }
        String script = index.replaceAll("(?s).*src=\"(/assets/[^\"]+\\.js)\".*", "$1");
        same("text/javascript", made(get(HOME + script, false))[0]);
        yes(String.valueOf(((Map<?, ?>) made(get(HOME + script, false))[4]).get("Cache-Control")).contains("immutable"), "immutable");
        yes(get(HOME + beside(), false) != null, beside());

        for (String theServers : new String[] {"/api/v1/server", "/api/docs", "/socket.io/?EIO=4", "/download", "/healthz", "/assets/gone-1.js",
                "/assets/../headers.txt", "/assets/%2e%2e/headers.txt", "/headers.txt", "/index.html.br", "/assets//x.js", "/web/index.html"}) {
            same(null, get(HOME + theServers, false));
        }
        for (String theServers : new String[] {"/api/v1/account/export", "/api/docs", "/lite", "/download", "/download/happychat.apk"}) {
            same(null, get(HOME + theServers, true));
        }
        same(null, client().shouldInterceptRequest(null, request("POST", HOME + "/", true, false)));
        for (String other : new String[] {"https://evil.example/", "http://chat.example.com/", "https://chat.example.com.evil.example/",
                "https://chat.example.com:8443/assets/x.js", "https://chat.example.com@evil.example/"}) {
            for (boolean page : new boolean[] {true, false}) same(403, made(get(other, page))[2]);
        }
        same(null, get("data:image/png;base64,AA", false));
        same(null, get("blob:https://chat.example.com/1", false));
    }

    /** When the server has another web app, its own is used, and known files still come from here. */
    public void aServerWithAnotherWebAppServesItsOwn() throws Exception {
        for (boolean same : new boolean[] {true, false}) {
            phone = new Phone(Run.file("app"), Run.file("assets"), "", R.class);
            List<String> asked = new ArrayList<>();
            HttpServer server = HttpServer.create(new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                asked.add(exchange.getRequestMethod() + " " + exchange.getRequestHeaders().getFirst("If-None-Match"));
                exchange.sendResponseHeaders(same ? 304 : 200, -1);
                exchange.close();
            });
            server.start();
            String home = "http://127.0.0.1:" + server.getAddress().getPort();
            phone.preferences.put("server", home);
            chat = phone.open(ChatActivity.class, new Intent(), null);
            same(same, get(home + "/chats", true) != null);
            same(List.of("HEAD \"" + mark() + '"'), asked);
            same(same ? mark() : "not " + mark(), phone.preferences.get("same"));
            same(same, get(home + beside(), false) != null);
            yes(get(home + "/assets/" + new java.io.File(Run.file("assets"), "web/assets").list()[0], false) != null, "what never changes");
            server.stop(0);
            // Not to be reached: as it was last time.
            same(same, get(home + "/", true) != null);
            // What was known of an earlier version of this app says nothing of this one.
            phone.preferences.put("same", "not another");
            yes(get(home + "/", true) != null, "without any answer the app's own is shown");
        }
    }

    public void linksElsewhereOpenInTheBrowser() throws Exception {
        open();
        WebView view = Phone.page(chat);
        yes(!client().shouldOverrideUrlLoading(view, request("GET", HOME + "/join", true, true)), "own pages stay");
        yes(Fakes.calls("ContextWrapper.startActivity").isEmpty(), "nothing is started");
        for (String link : new String[] {"https://example.org/a", "http://example.org/", "mailto:lin@example.org"}) {
            yes(client().shouldOverrideUrlLoading(view, request("GET", link, true, true)), link);
            same(link, started().getData().toString());
            same(Intent.ACTION_VIEW, started().getAction());
        }
        int before = Fakes.calls("ContextWrapper.startActivity").size();
        for (String bad : new String[] {"intent://x#Intent;end", "javascript:alert(1)", "file:///etc/passwd", "content://x/y", "tel:1", "market://details?id=x"}) {
            yes(client().shouldOverrideUrlLoading(view, request("GET", bad, true, true)), bad);
        }
        // Nobody touched anything.
        yes(client().shouldOverrideUrlLoading(view, request("GET", "https://example.org/", true, false)), "refused");
        yes(client().shouldOverrideUrlLoading(view, request("GET", "https://example.org/", false, true)), "refused in a frame");
        same(before, Fakes.calls("ContextWrapper.startActivity").size());
    }

    public void backGoesThroughThePageThenTheHistoryThenAway() throws Exception {
        open();
        String script = "window.happychat?.back() === true";
        phone.scripts.put(script, "true");
        chat.onBackPressed();
        yes(Fakes.calls("WebView.goBack").isEmpty() && Fakes.calls("Activity.moveTaskToBack").isEmpty(), "the page did it");
        phone.scripts.put(script, "false");
        Fakes.on("WebView.canGoBack", (self, a) -> true);
        chat.onBackPressed();
        same(1, Fakes.calls("WebView.goBack").size());
        Fakes.on("WebView.canGoBack", (self, a) -> false);
        chat.onBackPressed();
        same(1, Fakes.calls("Activity.moveTaskToBack").size());
        yes(Fakes.calls("Activity.finish").isEmpty(), "the connection stays");
    }

    private static WebChromeClient.FileChooserParams wanted(boolean camera, int mode, String... types) {
        WebChromeClient.FileChooserParams wanted = new WebChromeClient.FileChooserParams();
        Fakes.of(wanted).putAll(Map.of("CaptureEnabled", camera, "Mode", mode, "AcceptTypes", types));
        return wanted;
    }

    private static android.content.ClipData clip(Uri... uris) {
        android.content.ClipData clip = new android.content.ClipData("", null, null);
        Fakes.of(clip).put("uris", List.of(uris));
        return clip;
    }

    public void chosenFilesReachThePage() throws Exception {
        open();
        List<Uri[]> told = new ArrayList<>();
        ValueCallback<Uri[]> page = told::add;
        yes(chrome().onShowFileChooser(null, page, wanted(false, 1, "image/*")), "shown");
        Intent asked = (Intent) Fakes.last("Activity.startActivityForResult").arguments[0];
        same(Intent.ACTION_GET_CONTENT, asked.getAction());
        same("image/*", asked.getType());
        same(true, Fakes.of(asked).get("extra " + Intent.EXTRA_ALLOW_MULTIPLE));
        Intent back = new Intent();
        Uri good = Uri.parse("content://media/1");
        // An app that answers with files of ours is not believed.
        Fakes.of(back).put("ClipData", clip(good, Uri.parse("file:///data/data/io.github.happychat/x"), Uri.parse("content://" + CameraFiles.AUTHORITY + "/1.jpg")));
        Phone.act(chat, "onActivityResult", int.class, Chooser.FILES, int.class, Activity.RESULT_OK, Intent.class, back);
        same(List.of(good), List.of(told.get(0)));

        // Given up, and answered all the same: else the page could never ask again.
        chrome().onShowFileChooser(null, page, wanted(false, 0, ""));
        Phone.act(chat, "onActivityResult", int.class, Chooser.FILES, int.class, Activity.RESULT_CANCELED, Intent.class, null);
        same(null, told.get(1));
        chrome().onShowFileChooser(null, page, wanted(false, 0, ""));
        chrome().onShowFileChooser(null, page, wanted(false, 0, ""));
        same(3, told.size());
        Fakes.on("Activity.startActivityForResult", (self, a) -> {
            throw new android.content.ActivityNotFoundException();
        });
        chrome().onShowFileChooser(null, page, wanted(true, 0, "image/*"));
        same(5, told.size());
        same(R.string.no_camera, Fakes.last("Toast.makeText").arguments[1]);
    }

    public void theCameraWritesWhereOnlyItMay() throws Exception {
        java.io.File folder = java.nio.file.Files.createTempDirectory("happychat-camera").toFile();
        open();
        Fakes.on("ContextWrapper.getCacheDir", (self, a) -> folder);
        List<Uri[]> told = new ArrayList<>();
        chrome().onShowFileChooser(null, told::add, wanted(true, 0, "image/*"));
        Intent asked = (Intent) Fakes.last("Activity.startActivityForResult").arguments[0];
        same(android.provider.MediaStore.ACTION_IMAGE_CAPTURE, asked.getAction());
        Uri uri = asked.getParcelableExtra(android.provider.MediaStore.EXTRA_OUTPUT);
        same("content", uri.getScheme());
        same(CameraFiles.AUTHORITY, uri.getAuthority());
        same(Intent.FLAG_GRANT_READ_URI_PERMISSION | Intent.FLAG_GRANT_WRITE_URI_PERMISSION, Fakes.of(asked).get("Flags"));
        // Nothing was written: no picture was taken.
        Phone.act(chat, "onActivityResult", int.class, Chooser.CAMERA, int.class, Activity.RESULT_OK, Intent.class, null);
        same(null, told.get(0));
        chrome().onShowFileChooser(null, told::add, wanted(true, 0, "image/*"));
        uri = ((Intent) Fakes.last("Activity.startActivityForResult").arguments[0]).getParcelableExtra(android.provider.MediaStore.EXTRA_OUTPUT);
        java.nio.file.Files.write(new java.io.File(folder, "camera/" + uri.getLastPathSegment()).toPath(), new byte[] {1});
        Phone.act(chat, "onActivityResult", int.class, Chooser.CAMERA, int.class, Activity.RESULT_OK, Intent.class, null);
        same(List.of(uri), List.of(told.get(1)));

        CameraFiles provider = new CameraFiles();
        Fakes.on("ContentProvider.getContext", (self, a) -> chat);
        try {
            provider.openFile(Uri.parse("content://" + CameraFiles.AUTHORITY + "/..%2Fx"), "r");
            throw new AssertionError("out of the folder");
        } catch (java.io.FileNotFoundException e) {
            yes(Fakes.calls("ParcelFileDescriptor.open").isEmpty(), "nothing was opened");
        }
    }

    private static PermissionRequest permission(String origin, String... resources) {
        PermissionRequest request = new PermissionRequest();
        Fakes.of(request).putAll(Map.of("Origin", Uri.parse(origin), "Resources", resources));
        return request;
    }

    private static int times(String name, Object self) {
        return (int) Fakes.calls(name).stream().filter(call -> call.self == self).count();
    }

    public void theMicrophoneIsForTheServersPagesOnly() throws Exception {
        open();
        String audio = PermissionRequest.RESOURCE_AUDIO_CAPTURE;
        for (PermissionRequest refused : new PermissionRequest[] {permission("https://evil.example/", audio), permission(HOME + "/", PermissionRequest.RESOURCE_VIDEO_CAPTURE),
                permission(HOME + "/", audio, PermissionRequest.RESOURCE_VIDEO_CAPTURE), permission("http://chat.example.com/", audio), permission(HOME + "/")}) {
            chrome().onPermissionRequest(refused);
            same(1, times("PermissionRequest.deny", refused));
        }
        yes(Fakes.calls("Activity.requestPermissions").isEmpty(), "nobody was asked");
        PermissionRequest first = permission(HOME + "/", audio);
        chrome().onPermissionRequest(first);
        same(List.of(android.Manifest.permission.RECORD_AUDIO), List.of((String[]) Fakes.last("Activity.requestPermissions").arguments[0]));
        chat.onRequestPermissionsResult(PageChrome.MICROPHONE, new String[0], new int[] {-1});
        same(1, times("PermissionRequest.deny", first));
        PermissionRequest second = permission(HOME + "/", audio);
        chrome().onPermissionRequest(second);
        chat.onRequestPermissionsResult(PageChrome.MICROPHONE, new String[0], new int[] {0});
        same(1, times("PermissionRequest.grant", second));
        phone.permissions.add(android.Manifest.permission.RECORD_AUDIO);
        PermissionRequest third = permission(HOME + "/", audio);
        chrome().onPermissionRequest(third);
        same(1, times("PermissionRequest.grant", third));
    }

    public void downloadsAreFetchedAsWhoeverIsSignedIn() throws Exception {
        open();
        Downloads downloads = (Downloads) Fakes.last("WebView.setDownloadListener").arguments[0];
        String url = HOME + "/api/v1/attachments/1/original?download=true";
        phone.cookies.put(url, "happychat_session=secret");
        downloads.onDownloadStart(url, "agent", "attachment; filename*=UTF-8''%E5%9B%BE.png", "image/png", 5);
        same("[Cookie, happychat_session=secret]", Arrays.toString(Fakes.calls("Request.addRequestHeader").get(0).arguments));
        same("[" + android.os.Environment.DIRECTORY_DOWNLOADS + ", 图.png]", Arrays.toString(Fakes.last("Request.setDestinationInExternalPublicDir").arguments));
        same(1, Fakes.calls("DownloadManager.enqueue").size());
        downloads.onDownloadStart("https://evil.example/x", "agent", null, null, 5);
        downloads.onDownloadStart("blob:" + HOME + "/1", "agent", null, null, 5);
        same(1, Fakes.calls("DownloadManager.enqueue").size());

        android.os.Build.VERSION.class.getField("SDK_INT").setInt(null, 26);
        downloads.onDownloadStart(url, "agent", null, null, 5);
        same(1, Fakes.calls("DownloadManager.enqueue").size());
        chat.onRequestPermissionsResult(Downloads.STORAGE, new String[0], new int[] {0});
        same(2, Fakes.calls("DownloadManager.enqueue").size());
        downloads.onDownloadStart(url, "agent", null, null, 5);
        chat.onRequestPermissionsResult(Downloads.STORAGE, new String[0], new int[] {-1});
        same(2, Fakes.calls("DownloadManager.enqueue").size());
        Fakes.on("Request.setDestinationInExternalPublicDir", (self, a) -> {
            throw new IllegalStateException("no storage");
        });
        downloads.onDownloadStart(url, "agent", null, null, 5);
        same(R.string.download_failed, Fakes.last("Toast.makeText").arguments[1]);
        same(2, Fakes.calls("DownloadManager.enqueue").size());
    }

    /** Words and pictures from other apps; the page fetches the pictures from addresses that nobody else knows. */
    public void whatIsSharedReachesThePage() throws Exception {
        open();
        Fakes.on("ContentResolver.getType", (self, a) -> "image/png");
        Fakes.on("ContentResolver.openInputStream", (self, a) -> new ByteArrayInputStream(("bytes of " + a[0]).getBytes()));
        Intent intent = new Intent(Intent.ACTION_SEND_MULTIPLE);
        intent.putExtra(Intent.EXTRA_TEXT, "看 \"this\"");
        Fakes.of(intent).put("extra " + Intent.EXTRA_STREAM, new ArrayList<>(List.of(Uri.parse("content://media/7.png"), Uri.parse("file:///data/data/io.github.happychat/shared_prefs/x.xml"),
                Uri.parse("content://" + CameraFiles.AUTHORITY + "/1.jpg"))));
        Phone.act(chat, "onNewIntent", Intent.class, intent);
        same("window.happychat?.told(\"shared\")", Fakes.last("WebView.evaluateJavascript").arguments[0]);
        String told = chat.shared();
        yes(told.matches("\\{\"text\":\"\\\\u770b \\\\u0022this\\\\u0022\",\"files\":\\[\\{\"url\":\"/.shell/shared/[0-9a-f]{32}/0\",\"name\":\"7.png\",\"type\":\"image/png\"\\}\\]\\}"), told);
        String url = HOME + told.replaceAll(".*\"url\":\"([^\"]+)\".*", "$1");
        same("bytes of content://media/7.png", body(get(url, false)));
        for (String wrong : new String[] {url + "1", url.replaceAll("[0-9a-f]{32}", "0".repeat(32)), HOME + "/.shell/", HOME + "/.shell/shared/"}) {
            same(404, made(get(wrong, false))[2]);
        }
        chat.sharedTaken();
        same(null, chat.shared());
        same(404, made(get(url, false))[2]);

        // Another app may put anything into an intent.
        Intent odd = new Intent(Intent.ACTION_SEND);
        Fakes.of(odd).put("extra " + Intent.EXTRA_STREAM, "no address");
        Phone.act(chat, "onNewIntent", Intent.class, odd);
        same(null, chat.shared());

        // The same at a start, but not when the app comes back from the list of recent ones.
        Intent start = new Intent(Intent.ACTION_SEND);
        Fakes.of(start).put("extra " + Intent.EXTRA_TEXT, "hello");
        open(start, null);
        start = new Intent(Intent.ACTION_SEND);
        Fakes.of(start).put("extra " + Intent.EXTRA_TEXT, "hello");
        ChatActivity again = phone.open(ChatActivity.class, start, null);
        same("{\"text\":\"hello\",\"files\":[]}", again.shared());
        Fakes.of(start).put("Flags", Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY);
        same(null, phone.open(ChatActivity.class, start, null).shared());
    }

    public void notificationsAreAskedForShownAndFollowed() throws Exception {
        open();
        same("default", chat.permission());
        chat.show("Lin", "hello", "7", "/chats/7");
        yes(Fakes.calls("NotificationManager.notify").isEmpty(), "not before it is allowed");
        chat.askPermission();
        same(List.of(Notices.POST), List.of((String[]) Fakes.last("Activity.requestPermissions").arguments[0]));
        same("denied", chat.permission());
        phone.permissions.add(Notices.POST);
        chat.onRequestPermissionsResult(Notices.PERMISSION, new String[0], new int[] {0});
        same("window.happychat?.told(\"permission\")", Fakes.last("WebView.evaluateJavascript").arguments[0]);
        same("granted", chat.permission());
        chat.askPermission();
        same(1, Fakes.calls("Activity.requestPermissions").size());
        chat.show("Lin", "hello", "7", "https://evil.example/");
        chat.show("Lin", "hello", "7", "/chats/7");
        same(1, Fakes.calls("NotificationManager.notify").size());
        same("7", Fakes.last("NotificationManager.notify").arguments[0]);
        Object[] pending = Fakes.last("PendingIntent.getActivity").arguments;
        yes(((Integer) pending[3] & android.app.PendingIntent.FLAG_IMMUTABLE) != 0, "nobody else may fill it in");
        Intent followed = (Intent) pending[2];
        same(HOME + "/chats/7", followed.getData().toString());

        // Whoever refused them is taken to where that can be changed.
        chat.settings();
        same(android.provider.Settings.ACTION_APP_NOTIFICATION_SETTINGS, started().getAction());
        same("io.github.happychat", started().getStringExtra(android.provider.Settings.EXTRA_APP_PACKAGE));
        android.os.Build.VERSION.class.getField("SDK_INT").setInt(null, 24);
        chat.settings();
        same("package:io.github.happychat", started().getData().toString());

        // The page goes there itself, and stays as it is; where it cannot, it is opened there.
        String script = "window.happychat?.open(\"/chats/7\") === true";
        phone.scripts.put(script, "true");
        int before = Fakes.calls("WebView.loadUrl").size();
        Phone.act(chat, "onNewIntent", Intent.class, followed);
        same(script, Fakes.last("WebView.evaluateJavascript").arguments[0]);
        same(before, Fakes.calls("WebView.loadUrl").size());
        phone.scripts.put(script, "false");
        Phone.act(chat, "onNewIntent", Intent.class, followed);
        same(HOME + "/chats/7", Fakes.last("WebView.loadUrl").arguments[0]);
        chat.hide("7");
        same("7", Fakes.last("NotificationManager.cancel").arguments[0]);

        // Before Android 13 nobody is asked.
        android.os.Build.VERSION.class.getField("SDK_INT").setInt(null, 24);
        phone.permissions.clear();
        same("granted", chat.permission());
        chat.show("Lin", "hello", "8", "/chats/8");
        same("8", Fakes.last("NotificationManager.notify").arguments[0]);
    }

    public void turningThePhoneKeepsThePage() throws Exception {
        open();
        Bundle state = new Bundle();
        Phone.act(chat, "onSaveInstanceState", Bundle.class, state);
        yes(Fakes.of(state).containsKey("page"), "kept");
        int before = Fakes.calls("WebView.loadUrl").size();
        phone.open(ChatActivity.class, new Intent(), state);
        same(before, Fakes.calls("WebView.loadUrl").size());
        same(1, Fakes.calls("WebView.restoreState").size());
        // A state without a page, after the browser's process had ended: from the start.
        phone.open(ChatActivity.class, new Intent(), new Bundle());
        same(before + 1, Fakes.calls("WebView.loadUrl").size());
        Phone.act(chat, "onPause");
        same(1, Fakes.calls("CookieManager.flush").size());
        chat.gone();
        same(1, Fakes.calls("WebView.destroy").size());
        same(1, Fakes.calls("Activity.recreate").size());
    }

    public void thePageMayAskOnlyForWhatIsMeant() throws Exception {
        open();
        // That these can be called, and no others, is looked at in the byte code (tools/check.mjs).
        TreeSet<String> all = new TreeSet<>();
        for (Method method : Bridge.class.getDeclaredMethods()) {
            if (java.lang.reflect.Modifier.isPublic(method.getModifiers())) all.add(method.getName());
        }
        same("[appearance, askPermission, changeServer, hide, permission, push, pushChoose, pushOff, pushOn, settings, shared, sharedTaken, show, shown, start]", all.toString());

        Bridge bridge = (Bridge) Fakes.last("WebView.addJavascriptInterface").arguments[0];
        same("HappyChatShell", Fakes.last("WebView.addJavascriptInterface").arguments[1]);
        yes(bridge.start().contains("1.2.3"), "answers the server's page");
        bridge.appearance(true, "#102030");
        Fakes.mainThread();
        same(0xff102030, Fakes.last("View.setBackgroundColor").arguments[0]);
        int colours = Fakes.calls("View.setBackgroundColor").size();
        int asked = Fakes.calls("Handler.post").size();
        bridge.appearance(true, "red;");
        same(asked, Fakes.calls("Handler.post").size());
        for (String other : new String[] {"https://evil.example/", "about:blank", "data:text/html,x"}) {
            chat.opened(other);
            same(null, bridge.start());
            same(null, bridge.shared());
            same(null, bridge.permission());
            same(null, bridge.shown());
            same(null, bridge.push());
            bridge.pushOn("key");
            bridge.pushOff();
            bridge.pushChoose();
            bridge.settings();
            bridge.askPermission();
            bridge.show("title", "body", "tag", "/chats/1");
            bridge.hide("tag");
            bridge.changeServer();
            bridge.sharedTaken();
            bridge.appearance(false, "#ffffff");
            same(asked, Fakes.calls("Handler.post").size());
        }
        same(colours, Fakes.calls("View.setBackgroundColor").size());
    }

    public void theBrowserInsideIsShutAsFarAsItGoes() throws Exception {
        open();
        Map<String, Object> settings = Fakes.of(Phone.page(chat).getSettings());
        for (String off : new String[] {"AllowFileAccess", "AllowContentAccess", "GeolocationEnabled"}) same(false, settings.get(off));
        same(android.webkit.WebSettings.MIXED_CONTENT_NEVER_ALLOW, settings.get("MixedContentMode"));
        yes(String.valueOf(settings.get("UserAgentString")).endsWith(" HappyChat/1.2.3"), "says what it is");
        same(false, Fakes.last("CookieManager.setAcceptThirdPartyCookies").arguments[1]);
        same(false, Fakes.last("WebView.setWebContentsDebuggingEnabled").arguments[0]);
    }

    private static android.webkit.WebResourceError error(int code) {
        android.webkit.WebResourceError error = new android.webkit.WebResourceError();
        Fakes.of(error).put("ErrorCode", code);
        return error;
    }

    /** Without the server, the web app of the last time is looked for in the browser's cache, once. */
    public void whatCannotBeLoadedIsLookedForInTheCache() throws Exception {
        open();
        WebView view = Phone.page(chat);
        WebResourceRequest page = request("GET", HOME + "/chats", true, false);
        int before = Fakes.calls("WebView.loadUrl").size();
        client().onReceivedError(view, page, error(android.webkit.WebViewClient.ERROR_HOST_LOOKUP));
        same(before + 1, Fakes.calls("WebView.loadUrl").size());
        same(HOME + "/chats", Fakes.last("WebView.loadUrl").arguments[0]);
        same(android.webkit.WebSettings.LOAD_CACHE_ELSE_NETWORK, Fakes.of(view.getSettings()).get("CacheMode"));
        yes(!Phone.shown(chat, "trouble"), "not yet");
        // It was there. Now that it runs, the rest is as ever; and the next page that does not come is looked for, too.
        Bridge bridge = (Bridge) Fakes.last("WebView.addJavascriptInterface").arguments[0];
        bridge.start();
        Fakes.mainThread();
        same(android.webkit.WebSettings.LOAD_DEFAULT, Fakes.of(view.getSettings()).get("CacheMode"));
        client().onReceivedError(view, page, error(android.webkit.WebViewClient.ERROR_HOST_LOOKUP));
        same(before + 2, Fakes.calls("WebView.loadUrl").size());
        yes(!Phone.shown(chat, "trouble"), "not yet");
        client().onReceivedError(view, page, error(android.webkit.WebViewClient.ERROR_UNKNOWN));
        same(phone.word(R.string.trouble_unknown_host), Phone.text(chat, "title"));
        Phone.press(chat, "retry");
        same(android.webkit.WebSettings.LOAD_DEFAULT, Fakes.of(view.getSettings()).get("CacheMode"));
        client().onReceivedError(view, request("GET", HOME + "/api/v1/x", false, false), error(android.webkit.WebViewClient.ERROR_TIMEOUT));
        yes(!Phone.shown(chat, "trouble"), "a part of a page is the page's own matter");

        android.webkit.SslErrorHandler handler = new android.webkit.SslErrorHandler();
        client().onReceivedSslError(view, handler, null);
        same(1, times("SslErrorHandler.cancel", handler));
        same(phone.word(R.string.trouble_certificate), Phone.text(chat, "title"));
    }
}
