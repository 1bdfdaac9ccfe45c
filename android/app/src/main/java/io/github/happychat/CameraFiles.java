package io.github.happychat;

import android.content.ContentProvider;
import android.content.ContentValues;
import android.content.Context;
import android.database.Cursor;
import android.database.MatrixCursor;
import android.net.Uri;
import android.os.ParcelFileDescriptor;
import android.provider.OpenableColumns;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;

/** Where the camera writes the picture that it was asked for. Only whoever is handed an address may use it, and only that one. */
public final class CameraFiles extends ContentProvider {
    static final String AUTHORITY = "io.github.happychat.camera";

    /** An address for a new picture; those of earlier ones are forgotten. */
    static Uri next(Context context) {
        File folder = folder(context);
        File[] old = folder.listFiles();
        if (old != null) {
            for (File file : old) file.delete();
        }
        folder.mkdirs();
        return Uri.parse("content://" + AUTHORITY + "/" + Long.toHexString(System.currentTimeMillis()) + ".jpg");
    }

    /** Whether the camera has written it. */
    static boolean written(Context context, Uri uri) {
        File file = file(context, uri);
        return file != null && file.length() > 0;
    }

    private static File folder(Context context) {
        return new File(context.getCacheDir(), "camera");
    }

    private static File file(Context context, Uri uri) {
        String name = uri.getLastPathSegment();
        return name != null && name.matches("[0-9a-f]+\\.jpg") ? new File(folder(context), name) : null;
    }

    @Override
    public ParcelFileDescriptor openFile(Uri uri, String mode) throws FileNotFoundException {
        File file = file(getContext(), uri);
        if (file == null) throw new FileNotFoundException();
        if (mode.indexOf('w') >= 0) {
            try {
                file.createNewFile();
            } catch (IOException e) {
                throw new FileNotFoundException(e.getMessage());
            }
        }
        return ParcelFileDescriptor.open(file, ParcelFileDescriptor.parseMode(mode));
    }

    @Override
    public Cursor query(Uri uri, String[] columns, String selection, String[] arguments, String order) {
        String[] asked = columns == null ? new String[] {OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE} : columns;
        File file = file(getContext(), uri);
        MatrixCursor cursor = new MatrixCursor(asked);
        if (file == null) return cursor;
        Object[] row = new Object[asked.length];
        for (int i = 0; i < asked.length; i++) {
            if (OpenableColumns.DISPLAY_NAME.equals(asked[i])) row[i] = file.getName();
            if (OpenableColumns.SIZE.equals(asked[i])) row[i] = Long.valueOf(file.length());
        }
        cursor.addRow(row);
        return cursor;
    }

    @Override
    public String getType(Uri uri) {
        return "image/jpeg";
    }

    @Override
    public boolean onCreate() {
        return true;
    }

    @Override
    public Uri insert(Uri uri, ContentValues values) {
        return null;
    }

    @Override
    public int delete(Uri uri, String selection, String[] arguments) {
        return 0;
    }

    @Override
    public int update(Uri uri, ContentValues values, String selection, String[] arguments) {
        return 0;
    }
}
