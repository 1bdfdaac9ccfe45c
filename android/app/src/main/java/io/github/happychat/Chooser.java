package io.github.happychat;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.ClipData;
import android.content.Intent;
import android.net.Uri;
import android.provider.MediaStore;
import android.webkit.ValueCallback;
import android.webkit.WebChromeClient.FileChooserParams;
import android.widget.Toast;
import java.util.ArrayList;
import java.util.List;

/** Lets somebody choose files for the page, or take a picture. Every question of the page is answered once. */
final class Chooser {
    static final int FILES = 1;
    static final int CAMERA = 2;

    private final Activity activity;
    private ValueCallback<Uri[]> waiting;
    private Uri picture;

    Chooser(Activity activity) {
        this.activity = activity;
    }

    void show(ValueCallback<Uri[]> callback, FileChooserParams wanted) {
        answer(null);
        waiting = callback;
        boolean camera = wanted.isCaptureEnabled() && pictures(wanted.getAcceptTypes());
        try {
            if (camera) activity.startActivityForResult(toCamera(), CAMERA);
            else activity.startActivityForResult(toFiles(wanted), FILES);
        } catch (ActivityNotFoundException | SecurityException e) {
            Toast.makeText(activity, camera ? R.string.no_camera : R.string.no_files, Toast.LENGTH_LONG).show();
            answer(null);
        }
    }

    /** What came back; false: it was not asked for here. */
    boolean result(int request, int result, Intent data) {
        if (request != FILES && request != CAMERA) return false;
        Uri[] chosen = null;
        if (result == Activity.RESULT_OK) {
            if (request == CAMERA) chosen = picture != null && CameraFiles.written(activity, picture) ? new Uri[] {picture} : null;
            else chosen = chosen(data);
        }
        answer(chosen);
        return true;
    }

    private void answer(Uri[] chosen) {
        ValueCallback<Uri[]> callback = waiting;
        waiting = null;
        picture = null;
        if (callback != null) callback.onReceiveValue(chosen);
    }

    private Intent toCamera() {
        picture = CameraFiles.next(activity);
        Intent intent = new Intent(MediaStore.ACTION_IMAGE_CAPTURE);
        intent.putExtra(MediaStore.EXTRA_OUTPUT, picture);
        intent.setClipData(ClipData.newRawUri("", picture));
        intent.addFlags(Intent.FLAG_GRANT_WRITE_URI_PERMISSION | Intent.FLAG_GRANT_READ_URI_PERMISSION);
        return intent;
    }

    private static Intent toFiles(FileChooserParams wanted) {
        Intent intent = new Intent(Intent.ACTION_GET_CONTENT);
        intent.addCategory(Intent.CATEGORY_OPENABLE);
        List<String> types = new ArrayList<String>();
        for (String type : wanted.getAcceptTypes()) {
            if (type != null && type.indexOf('/') > 0) types.add(type);
        }
        intent.setType(types.size() == 1 ? types.get(0) : "*/*");
        if (types.size() > 1) intent.putExtra(Intent.EXTRA_MIME_TYPES, types.toArray(new String[0]));
        intent.putExtra(Intent.EXTRA_ALLOW_MULTIPLE, wanted.getMode() == FileChooserParams.MODE_OPEN_MULTIPLE);
        return intent;
    }

    private static boolean pictures(String[] types) {
        for (String type : types) {
            if (type != null && type.startsWith("image/")) return true;
        }
        return false;
    }

    /** Only addresses of other apps' files: never one of a file of ours. */
    private static Uri[] chosen(Intent data) {
        List<Uri> uris = new ArrayList<Uri>();
        if (data == null) return null;
        ClipData clip = data.getClipData();
        if (clip != null) {
            for (int i = 0; i < clip.getItemCount(); i++) take(clip.getItemAt(i).getUri(), uris);
        } else take(data.getData(), uris);
        return uris.isEmpty() ? null : uris.toArray(new Uri[0]);
    }

    private static void take(Uri uri, List<Uri> into) {
        if (uri != null && "content".equals(uri.getScheme()) && !CameraFiles.AUTHORITY.equals(uri.getAuthority())) into.add(uri);
    }
}
