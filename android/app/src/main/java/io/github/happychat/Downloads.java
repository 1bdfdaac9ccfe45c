package io.github.happychat;

import android.Manifest;
import android.app.Activity;
import android.app.DownloadManager;
import android.content.Context;
import android.content.pm.PackageManager;
import android.net.Uri;
import android.os.Build;
import android.os.Environment;
import android.webkit.CookieManager;
import android.webkit.DownloadListener;
import android.widget.Toast;

/** Has the system fetch what the page wants to keep, into Downloads, as whoever is signed in. */
final class Downloads implements DownloadListener {
    static final int STORAGE = 3;

    private final Activity activity;
    private final ServerAddress server;
    /** Waits for the permission. */
    private DownloadManager.Request waiting;

    Downloads(Activity activity, ServerAddress server) {
        this.activity = activity;
        this.server = server;
    }

    @Override
    public void onDownloadStart(String url, String userAgent, String disposition, String type, long length) {
        // The cookie goes to the server and nowhere else.
        if (!server.owns(url)) return;
        String name = FileName.of(disposition, url);
        DownloadManager.Request request = new DownloadManager.Request(Uri.parse(url));
        String cookie = CookieManager.getInstance().getCookie(url);
        if (cookie != null) request.addRequestHeader("Cookie", cookie);
        request.addRequestHeader("User-Agent", userAgent);
        request.setTitle(name);
        if (type != null && !type.isEmpty()) request.setMimeType(type);
        request.setNotificationVisibility(DownloadManager.Request.VISIBILITY_VISIBLE_NOTIFY_COMPLETED);
        try {
            request.setDestinationInExternalPublicDir(Environment.DIRECTORY_DOWNLOADS, name);
        } catch (RuntimeException e) {
            // There is no such folder now: the card is out, or lent to a computer.
            Toast.makeText(activity, R.string.download_failed, Toast.LENGTH_LONG).show();
            return;
        }
        // Until Android 10, Downloads was a folder like others.
        boolean asks = Build.VERSION.SDK_INT < 29
                && activity.checkSelfPermission(Manifest.permission.WRITE_EXTERNAL_STORAGE) != PackageManager.PERMISSION_GRANTED;
        if (asks) {
            waiting = request;
            activity.requestPermissions(new String[] {Manifest.permission.WRITE_EXTERNAL_STORAGE}, STORAGE);
        } else start(request);
    }

    void permitted(boolean granted) {
        DownloadManager.Request request = waiting;
        waiting = null;
        if (request == null) return;
        if (granted) start(request);
        else Toast.makeText(activity, R.string.download_refused, Toast.LENGTH_LONG).show();
    }

    private void start(DownloadManager.Request request) {
        try {
            ((DownloadManager) activity.getSystemService(Context.DOWNLOAD_SERVICE)).enqueue(request);
            Toast.makeText(activity, R.string.download_started, Toast.LENGTH_SHORT).show();
        } catch (RuntimeException e) {
            // The system's downloads are switched off on this phone.
            Toast.makeText(activity, R.string.download_failed, Toast.LENGTH_LONG).show();
        }
    }
}
