package io.github.happychat;

import android.Manifest;
import android.app.Activity;
import android.content.pm.PackageManager;
import android.net.Uri;
import android.webkit.PermissionRequest;
import android.webkit.ValueCallback;
import android.webkit.WebChromeClient;
import android.webkit.WebView;
import java.util.Arrays;

/** What the page asks of the phone: files, a picture, the microphone. */
final class PageChrome extends WebChromeClient {
    static final int MICROPHONE = 4;

    private final Activity activity;
    private final ServerAddress server;
    private final Chooser chooser;
    private PermissionRequest waiting;

    PageChrome(Activity activity, ServerAddress server, Chooser chooser) {
        this.activity = activity;
        this.server = server;
        this.chooser = chooser;
    }

    @Override
    public boolean onShowFileChooser(WebView view, ValueCallback<Uri[]> callback, FileChooserParams wanted) {
        chooser.show(callback, wanted);
        return true;
    }

    /** The microphone, for the server's own pages, if whoever holds the phone agrees. Nothing else. */
    @Override
    public void onPermissionRequest(PermissionRequest request) {
        boolean microphone = Arrays.equals(request.getResources(), new String[] {PermissionRequest.RESOURCE_AUDIO_CAPTURE});
        if (!microphone || !server.owns(request.getOrigin().toString())) {
            request.deny();
            return;
        }
        if (activity.checkSelfPermission(Manifest.permission.RECORD_AUDIO) == PackageManager.PERMISSION_GRANTED) {
            request.grant(request.getResources());
            return;
        }
        if (waiting != null) waiting.deny();
        waiting = request;
        activity.requestPermissions(new String[] {Manifest.permission.RECORD_AUDIO}, MICROPHONE);
    }

    @Override
    public void onPermissionRequestCanceled(PermissionRequest request) {
        if (waiting == request) waiting = null;
    }

    void permitted(boolean granted) {
        PermissionRequest request = waiting;
        waiting = null;
        if (request == null) return;
        if (granted) request.grant(new String[] {PermissionRequest.RESOURCE_AUDIO_CAPTURE});
        else request.deny();
    }
}
