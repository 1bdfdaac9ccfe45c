package io.github.happychat;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Intent;
import android.content.pm.ApplicationInfo;
import android.content.pm.PackageManager;
import android.net.ConnectivityManager;
import android.net.NetworkInfo;
import android.net.Uri;
import android.os.Bundle;
import android.view.View;
import android.view.ViewGroup;
import android.webkit.CookieManager;
import android.webkit.ServiceWorkerClient;
import android.webkit.ServiceWorkerController;
import android.webkit.ValueCallback;
import android.webkit.WebResourceRequest;
import android.webkit.WebResourceResponse;
import android.webkit.WebSettings;
import android.webkit.WebView;
import android.widget.Button;
import android.widget.TextView;
import android.widget.Toast;

/** The app: the server's pages, with everything that a phone adds to them. */
public final class ChatActivity extends Activity implements Bridge.Host, PageClient.Host, PageClient.SharedFiles, Insets.Host {
    /** The web app uses what browsers learnt until this version of Chrome. */
    private static final int OLDEST = 111;
    private static volatile boolean inFront;

    private ServerAddress server;
    private WebView page;
    private PageClient client;
    private PageChrome chrome;
    private Chooser chooser;
    private Downloads downloads;
    private Notices notices;
    private Push push;
    private PushChooser pushChooser;
    private volatile Shared shared;
    private volatile boolean own;
    private volatile int top;
    private volatile int bottom;
    private Trouble trouble;
    private final Runnable pushChanged = new Runnable() {
        @Override
        public void run() {
            tell("push");
        }
    };

    @Override
    protected void onCreate(Bundle saved) {
        super.onCreate(saved);
        Settings settings = new Settings(this);
        server = settings.server();
        // What was shared or opened before the phone was turned, or when the app was here last, was dealt with then.
        boolean old = saved != null || (getIntent().getFlags() & Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY) != 0;
        Intent intent = old ? null : getIntent();
        if (server == null || leadsElsewhere(intent)) {
            askForServer(intent);
            return;
        }
        setContentView(R.layout.chat);
        Bars.show(this, Bars.night(this));
        findViewById(R.id.root).setOnApplyWindowInsetsListener(new Insets(this));
        findViewById(R.id.retry).setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                retry();
            }
        });
        findViewById(R.id.change).setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                changeServer();
            }
        });
        if (chromeVersion() < OLDEST) {
            failed(Trouble.OLD_BROWSER);
            return;
        }
        AppFiles files = new AppFiles(getAssets(), server, settings);
        chooser = new Chooser(this);
        chrome = new PageChrome(this, server, chooser);
        downloads = new Downloads(this, server);
        notices = new Notices(this);
        push = new Push(this);
        pushChooser = new PushChooser(this, push);
        client = new PageClient(server, files, this, this);
        page = findViewById(R.id.page);
        prepare();
        shared = Shared.from(intent, getContentResolver(), CameraFiles.AUTHORITY);
        if (saved == null || page.restoreState(saved) == null) load(linkIn(intent));
        files.askAgain();
    }

    private void prepare() {
        WebView.setWebContentsDebuggingEnabled((getApplicationInfo().flags & ApplicationInfo.FLAG_DEBUGGABLE) != 0);
        WebSettings web = page.getSettings();
        web.setJavaScriptEnabled(true);
        web.setDomStorageEnabled(true);
        web.setAllowFileAccess(false);
        web.setAllowContentAccess(false);
        web.setGeolocationEnabled(false);
        web.setMixedContentMode(WebSettings.MIXED_CONTENT_NEVER_ALLOW);
        web.setUserAgentString(web.getUserAgentString() + " HappyChat/" + version());
        CookieManager.getInstance().setAcceptCookie(true);
        CookieManager.getInstance().setAcceptThirdPartyCookies(page, false);
        page.setBackgroundColor(0);
        page.setWebViewClient(client);
        page.setWebChromeClient(chrome);
        page.setDownloadListener(downloads);
        page.addJavascriptInterface(new Bridge(this), Bridge.NAME);
        ServiceWorkerController.getInstance().setServiceWorkerClient(new ServiceWorkerClient() {
            @Override
            public WebResourceResponse shouldInterceptRequest(WebResourceRequest request) {
                return client.answer(request);
            }
        });
    }

    /** Opens a page of the server; null: the first. */
    private void load(Link link) {
        show(null);
        client.fresh(page);
        page.loadUrl(link == null ? server.origin + "/" : link.url());
    }

    private void retry() {
        if (page == null) {
            outside(Uri.parse("market://details?id=com.google.android.webview"));
            return;
        }
        load(null);
    }

    private void show(Trouble now) {
        trouble = now;
        findViewById(R.id.trouble).setVisibility(now == null ? View.GONE : View.VISIBLE);
        findViewById(R.id.page).setVisibility(now == null ? View.VISIBLE : View.GONE);
        if (now == null) return;
        ((TextView) findViewById(R.id.title)).setText(now.title);
        ((TextView) findViewById(R.id.text)).setText(getString(now.text, server.shown()));
        ((Button) findViewById(R.id.retry)).setText(now == Trouble.OLD_BROWSER ? R.string.update : R.string.retry);
    }

    // What other apps want.

    @Override
    protected void onNewIntent(Intent intent) {
        super.onNewIntent(intent);
        setIntent(intent);
        if (leadsElsewhere(intent)) {
            askForServer(intent);
            return;
        }
        if (page == null) return;
        Link link = linkIn(intent);
        if (link != null) {
            go(link);
            return;
        }
        Shared next = Shared.from(intent, getContentResolver(), CameraFiles.AUTHORITY);
        if (next == null) return;
        shared = next;
        tell("shared");
    }

    /** By the page itself if it can: it stays as it is. */
    private void go(final Link link) {
        if (!own || trouble != null) {
            load(link);
            return;
        }
        page.evaluateJavascript("window.happychat?.open(" + Json.quoted(link.path) + ") === true", new ValueCallback<String>() {
            @Override
            public void onReceiveValue(String went) {
                if (page != null && !"true".equals(went)) load(link);
            }
        });
    }

    private static Link linkIn(Intent intent) {
        if (intent == null || !Intent.ACTION_VIEW.equals(intent.getAction()) || intent.getData() == null) return null;
        try {
            return Link.parse(intent.getData().toString());
        } catch (ServerAddress.Refused e) {
            return null;
        }
    }

    private boolean leadsElsewhere(Intent intent) {
        Link link = linkIn(intent);
        return link != null && !link.server.origin.equals(server.origin);
    }

    /** A link that was followed is handed on, to be confirmed there. */
    private void askForServer(Intent intent) {
        Intent ask = new Intent(this, AddressActivity.class);
        Link link = linkIn(intent);
        if (link != null) ask.putExtra(AddressActivity.LINK, link.url());
        startActivity(ask);
        finish();
    }

    /** Whether somebody sees the app, so that the page tells what is new. */
    static boolean inFront() {
        return inFront;
    }

    // What the phone does.

    @Override
    protected void onStart() {
        super.onStart();
        if (page == null) return;
        inFront = true;
        notices.hide(Notices.GENERAL);
        Push.follow(pushChanged);
        push.renew();
    }

    @Override
    protected void onStop() {
        super.onStop();
        inFront = false;
        new Told(this).left(System.currentTimeMillis());
    }

    @Override
    public void onBackPressed() {
        if (page == null || trouble != null || !own) {
            moveTaskToBack(true);
            return;
        }
        page.evaluateJavascript("window.happychat?.back() === true", new ValueCallback<String>() {
            @Override
            public void onReceiveValue(String handled) {
                if (page == null || "true".equals(handled)) return;
                if (page.canGoBack()) page.goBack();
                else moveTaskToBack(true);
            }
        });
    }

    @Override
    protected void onSaveInstanceState(Bundle state) {
        super.onSaveInstanceState(state);
        if (page != null) page.saveState(state);
    }

    @Override
    protected void onPause() {
        super.onPause();
        // A sign-in of this minute must outlive the process.
        CookieManager.getInstance().flush();
    }

    @Override
    protected void onDestroy() {
        forgetPage();
        Push.unfollow(pushChanged);
        super.onDestroy();
    }

    private void forgetPage() {
        if (page == null) return;
        own = false;
        ((ViewGroup) page.getParent()).removeView(page);
        page.destroy();
        page = null;
    }

    @Override
    protected void onActivityResult(int request, int result, Intent data) {
        if (pushChooser != null && pushChooser.result(request, result, data)) return;
        if (chooser == null || !chooser.result(request, result, data)) super.onActivityResult(request, result, data);
    }

    @Override
    public void onRequestPermissionsResult(int request, String[] permissions, int[] results) {
        boolean granted = results.length > 0 && results[0] == PackageManager.PERMISSION_GRANTED;
        if (request == PageChrome.MICROPHONE && chrome != null) chrome.permitted(granted);
        if (request == Notices.PERMISSION) tell("permission");
        if (request == Downloads.STORAGE && downloads != null) downloads.permitted(granted);
    }

    @Override
    public void insets(int above, int below) {
        top = above;
        bottom = below;
        View panel = findViewById(R.id.trouble);
        float density = getResources().getDisplayMetrics().density;
        panel.setPadding(0, Math.round(above * density), 0, Math.round(below * density));
        tell("insets");
    }

    /** The page asks for what changed (web/src/platform/shell.ts). */
    private void tell(String what) {
        if (own && page != null) page.evaluateJavascript("window.happychat?.told(" + Json.quoted(what) + ")", null);
    }

    // What the page does.

    @Override
    public void opened(String url) {
        own = server.owns(url);
    }

    @Override
    public void failed(Trouble why) {
        boolean off = !online() && why != Trouble.CERTIFICATE && why != Trouble.OLD_BROWSER;
        show(off ? Trouble.NO_NETWORK : why);
    }

    @Override
    public void gone() {
        forgetPage();
        recreate();
    }

    @Override
    public void outside(Uri uri) {
        Intent intent = new Intent(Intent.ACTION_VIEW, uri);
        intent.addCategory(Intent.CATEGORY_BROWSABLE);
        intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK);
        try {
            startActivity(intent);
        } catch (ActivityNotFoundException e) {
            Toast.makeText(this, R.string.no_browser, Toast.LENGTH_LONG).show();
        }
    }

    @Override
    public Shared current() {
        return shared;
    }

    @Override
    public boolean own() {
        return own;
    }

    @Override
    public String start() {
        return "{\"version\":" + Json.quoted(version()) + ",\"top\":" + top + ",\"bottom\":" + bottom + "}";
    }

    @Override
    public void arrived() {
        if (page != null) client.arrived(page);
    }

    @Override
    public String shared() {
        Shared now = shared;
        return now == null ? null : now.json();
    }

    @Override
    public void sharedTaken() {
        shared = null;
    }

    @Override
    public void appearance(boolean dark, int background) {
        findViewById(R.id.root).setBackgroundColor(background);
        Bars.show(this, dark);
    }

    @Override
    public void changeServer() {
        startActivity(new Intent(this, AddressActivity.class));
    }

    @Override
    public String permission() {
        return notices.permission();
    }

    @Override
    public void askPermission() {
        if (!notices.ask(this)) tell("permission");
    }

    @Override
    public void show(String title, String body, String tag, String path) {
        if (new Told(this).byPage(tag, title + "\n" + body, System.currentTimeMillis())) notices.show(title, body, tag, path);
    }

    @Override
    public void hide(String tag) {
        notices.hide(tag);
    }

    @Override
    public void settings() {
        notices.settings(this);
    }

    @Override
    public String shown() {
        return Json.strings(notices.shown());
    }

    @Override
    public String push() {
        return push.state();
    }

    @Override
    public void pushOn(String key) {
        push.on(key);
    }

    @Override
    public void pushOff() {
        push.off();
    }

    @Override
    public void pushChoose() {
        pushChooser.ask();
    }

    private boolean online() {
        ConnectivityManager manager = (ConnectivityManager) getSystemService(CONNECTIVITY_SERVICE);
        NetworkInfo now = manager.getActiveNetworkInfo();
        return now != null && now.isConnected();
    }

    private int chromeVersion() {
        String[] parts = WebSettings.getDefaultUserAgent(this).split("Chrome/", 2);
        if (parts.length < 2) return 0;
        String number = parts[1].split("\\.", 2)[0];
        return number.matches("[0-9]{1,5}") ? Integer.parseInt(number) : 0;
    }

    private String version() {
        try {
            return getPackageManager().getPackageInfo(getPackageName(), 0).versionName;
        } catch (PackageManager.NameNotFoundException e) {
            return "unknown";
        }
    }
}
