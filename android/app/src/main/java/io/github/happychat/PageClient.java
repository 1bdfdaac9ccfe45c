package io.github.happychat;

import android.annotation.TargetApi;
import android.graphics.Bitmap;
import android.net.Uri;
import android.net.http.SslError;
import android.webkit.RenderProcessGoneDetail;
import android.webkit.SslErrorHandler;
import android.webkit.WebResourceError;
import android.webkit.WebResourceRequest;
import android.webkit.WebResourceResponse;
import android.webkit.WebSettings;
import android.webkit.WebView;
import android.webkit.WebViewClient;
import java.io.ByteArrayInputStream;
import java.util.Collections;

/** Decides about every address that the page wants: the app's own files, the server, the browser, or nothing. */
final class PageClient extends WebViewClient {
    interface Host {
        void outside(Uri uri);

        void opened(String url);

        void failed(Trouble trouble);

        /** The browser's process ended. */
        void gone();
    }

    private final ServerAddress server;
    private final AppFiles files;
    private final SharedFiles shared;
    private final Host host;
    /** Why the page did not come from the server; it is being looked for in the cache. */
    private Trouble failure;

    /** What was shared last; null: nothing. */
    interface SharedFiles {
        Shared current();
    }

    PageClient(ServerAddress server, AppFiles files, SharedFiles shared, Host host) {
        this.server = server;
        this.files = files;
        this.shared = shared;
        this.host = host;
    }

    @Override
    public boolean shouldOverrideUrlLoading(WebView view, WebResourceRequest request) {
        Uri uri = request.getUrl();
        if (server.owns(uri.toString())) return false;
        String scheme = uri.getScheme();
        boolean known = "http".equals(scheme) || "https".equals(scheme) || "mailto".equals(scheme);
        if (known && request.isForMainFrame() && request.hasGesture()) host.outside(uri);
        return true;
    }

    @Override
    public WebResourceResponse shouldInterceptRequest(WebView view, WebResourceRequest request) {
        return answer(request);
    }

    /** Also for what a service worker asks for. Called on threads of the browser's. */
    WebResourceResponse answer(WebResourceRequest request) {
        String url = request.getUrl().toString();
        if (!url.startsWith("http:") && !url.startsWith("https:")) return null; // data: and blob: are made by the page
        if (!server.owns(url)) return refused(403, "Forbidden");
        if (!"GET".equals(request.getMethod())) return null;
        String path = server.pathOf(url);
        if (path.startsWith("/.shell/")) {
            Shared current = shared.current();
            WebResourceResponse response = current == null ? null : current.answer(path);
            return response == null ? refused(404, "Not Found") : response;
        }
        return files.answer(path, request.isForMainFrame());
    }

    private static WebResourceResponse refused(int status, String reason) {
        return new WebResourceResponse("text/plain", "utf-8", status, reason,
                Collections.singletonMap("Cache-Control", "no-store"), new ByteArrayInputStream(new byte[0]));
    }

    @Override
    public void onPageStarted(WebView view, String url, Bitmap icon) {
        host.opened(url);
    }

    @Override
    public void doUpdateVisitedHistory(WebView view, String url, boolean reload) {
        host.opened(url);
    }

    /** The page runs, wherever it came from: what it asks for from now on is asked for as ever. */
    void arrived(WebView view) {
        if (failure != null) fresh(view);
    }

    /** Somebody wants the page, now: what failed before is forgotten. */
    void fresh(WebView view) {
        failure = null;
        view.getSettings().setCacheMode(WebSettings.LOAD_DEFAULT);
    }

    @Override
    public void onReceivedError(WebView view, WebResourceRequest request, WebResourceError error) {
        if (!request.isForMainFrame() || !server.owns(request.getUrl().toString())) return;
        Trouble trouble = troubleOf(error.getErrorCode());
        if (failure == null && trouble != Trouble.CERTIFICATE) {
            // The web app of the last time may still be in the browser's cache, with all that was read.
            failure = trouble;
            view.getSettings().setCacheMode(WebSettings.LOAD_CACHE_ELSE_NETWORK);
            view.loadUrl(request.getUrl().toString());
            return;
        }
        host.failed(failure == null ? trouble : failure);
    }

    private static Trouble troubleOf(int code) {
        switch (code) {
            case ERROR_HOST_LOOKUP: return Trouble.UNKNOWN_HOST;
            case ERROR_TIMEOUT: return Trouble.SLOW;
            case ERROR_FAILED_SSL_HANDSHAKE: return Trouble.CERTIFICATE;
            default: return Trouble.UNREACHABLE;
        }
    }

    @Override
    public void onReceivedSslError(WebView view, SslErrorHandler handler, SslError error) {
        handler.cancel(); // Never past it: nobody can tell whom they would be talking to.
        host.failed(Trouble.CERTIFICATE);
    }

    @Override
    @TargetApi(26)
    public boolean onRenderProcessGone(WebView view, RenderProcessGoneDetail detail) {
        host.gone();
        return true;
    }
}
