package io.github.happychat;

import android.content.ContentResolver;
import android.content.Intent;
import android.database.Cursor;
import android.net.Uri;
import android.provider.OpenableColumns;
import android.webkit.WebResourceResponse;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What another app shared with this one: words and files. The page is told of it, and reads the files from addresses
 * that exist only here and only until it has them.
 */
final class Shared {
    static final String FOLDER = "/.shell/shared/";
    private static final int MOST = 20;

    private static final class Item {
        final Uri uri;
        final String name;
        final String type;

        Item(Uri uri, String name, String type) {
            this.uri = uri;
            this.name = name;
            this.type = type;
        }
    }

    private final ContentResolver resolver;
    private final String secret = secret();
    private final List<Item> items = new ArrayList<Item>();
    private final String text;

    private Shared(ContentResolver resolver, String text) {
        this.resolver = resolver;
        this.text = text;
    }

    /** Null when nothing is shared that can be sent. */
    static Shared from(Intent intent, ContentResolver resolver, String ownAuthority) {
        try {
            return read(intent, resolver, ownAuthority);
        } catch (RuntimeException e) {
            return null; // Another app may put anything into an intent.
        }
    }

    private static Shared read(Intent intent, ContentResolver resolver, String ownAuthority) {
        String action = intent == null ? null : intent.getAction();
        boolean many = Intent.ACTION_SEND_MULTIPLE.equals(action);
        if (!many && !Intent.ACTION_SEND.equals(action)) return null;
        CharSequence words = intent.getCharSequenceExtra(Intent.EXTRA_TEXT);
        Shared shared = new Shared(resolver, words == null ? "" : words.toString());
        List<Uri> uris = new ArrayList<Uri>();
        if (many) {
            ArrayList<Uri> list = intent.getParcelableArrayListExtra(Intent.EXTRA_STREAM);
            if (list != null) uris.addAll(list);
        } else {
            Uri uri = intent.getParcelableExtra(Intent.EXTRA_STREAM);
            if (uri != null) uris.add(uri);
        }
        for (Uri uri : uris) {
            // Another app could name a file of ours, which it cannot read, to have it sent.
            if (uri == null || !"content".equals(uri.getScheme()) || ownAuthority.equals(uri.getAuthority())) continue;
            if (shared.items.size() < MOST) shared.items.add(shared.item(uri, intent.getType()));
        }
        return shared.items.isEmpty() && shared.text.trim().isEmpty() ? null : shared;
    }

    private Item item(Uri uri, String told) {
        String type = null;
        String name = null;
        try {
            type = resolver.getType(uri);
            Cursor cursor = resolver.query(uri, new String[] {OpenableColumns.DISPLAY_NAME}, null, null, null);
            if (cursor != null) {
                try {
                    if (cursor.moveToFirst()) name = cursor.getString(0);
                } finally {
                    cursor.close();
                }
            }
        } catch (RuntimeException e) {
            name = null; // Whatever the other app does wrong: the file itself may still be there.
        }
        if (type == null || type.indexOf('*') >= 0) type = told == null || told.indexOf('*') >= 0 ? "application/octet-stream" : told;
        if (name == null || name.isEmpty()) name = uri.getLastPathSegment();
        return new Item(uri, FileName.of(null, name == null ? "file" : name), type);
    }

    String json() {
        StringBuilder out = new StringBuilder("{\"text\":").append(Json.quoted(text)).append(",\"files\":[");
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            out.append(i > 0 ? "," : "").append("{\"url\":").append(Json.quoted(FOLDER + secret + "/" + i))
                    .append(",\"name\":").append(Json.quoted(item.name)).append(",\"type\":").append(Json.quoted(item.type)).append('}');
        }
        return out.append("]}").toString();
    }

    /** The file at one of the addresses in json(), or null. */
    WebResourceResponse answer(String path) {
        String prefix = FOLDER + secret + "/";
        if (!path.startsWith(prefix)) return null;
        try {
            Item item = items.get(Integer.parseInt(path.substring(prefix.length())));
            InputStream stream = resolver.openInputStream(item.uri);
            if (stream == null) return null;
            Map<String, String> headers = new LinkedHashMap<String, String>();
            headers.put("Cache-Control", "no-store");
            headers.put("X-Content-Type-Options", "nosniff");
            headers.put("Content-Security-Policy", "sandbox");
            return new WebResourceResponse("application/octet-stream", null, 200, "OK", headers, stream);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static String secret() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        StringBuilder out = new StringBuilder();
        for (byte b : bytes) out.append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
        return out.toString();
    }
}
