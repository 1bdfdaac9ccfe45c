package io.github.happychat;

import android.content.res.AssetManager;
import android.util.Base64;
import android.webkit.WebResourceResponse;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The web app that this app carries, given out under the server's own addresses: so cookies, the check of origins, the
 * socket and uploads are what they are in a browser (docs/adr/0090). Nothing else than these files is ever answered.
 */
final class AppFiles {
    private static final String FOLDER = "web";
    private static final String INDEX = "index.html";
    private static final int PATIENCE = 3000;

    private final AssetManager assets;
    private final ServerAddress server;
    private final Settings settings;
    private final String mark;
    private Map<String, String> policy;
    /** Whether the page that is open now came from here. */
    private volatile boolean inside;

    AppFiles(AssetManager assets, ServerAddress server, Settings settings) {
        this.assets = assets;
        this.server = server;
        this.settings = settings;
        mark = mark();
    }

    /** The answer to a GET of this server's path; null: the server answers. Called on a thread of the browser's. */
    WebResourceResponse answer(String path, boolean page) {
        if (page) {
            if (!ofTheApp(path)) return null;
            inside = sameAsTheServers();
            return inside ? file(INDEX, false) : null;
        }
        String name = path.startsWith("/") ? path.substring(1) : path;
        if (!plain(name)) return null;
        // Under assets/ the same name is the same content, whoever built it.
        if (name.startsWith("assets/")) return file(name, true);
        return inside && name.indexOf('/') < 0 ? file(name, false) : null;
    }

    /** Asks again whether the server has the same web app, for the next page that is opened. */
    void askAgain() {
        if (known() == null) return; // The first page asks.
        new Background<Boolean>() {
            @Override
            Boolean work() {
                return ask();
            }

            @Override
            void then(Boolean same) {
                if (same != null) settings.setSame(mark, same.booleanValue());
            }
        }.start();
    }

    private boolean sameAsTheServers() {
        Boolean known = known();
        if (known != null) return known.booleanValue();
        Boolean told = ask();
        if (told == null) return true;
        settings.setSame(mark, told.booleanValue());
        return told.booleanValue();
    }

    private Boolean known() {
        return settings.same(mark);
    }

    /** Null: the server could not be asked. It names its first page by what is in it (internal/webui). */
    private Boolean ask() {
        HttpURLConnection connection = null;
        try {
            connection = (HttpURLConnection) new URL(server.origin + "/").openConnection();
            connection.setRequestMethod("HEAD");
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout(PATIENCE);
            connection.setReadTimeout(PATIENCE);
            connection.setRequestProperty("Accept-Encoding", "identity");
            connection.setRequestProperty("If-None-Match", '"' + mark + '"');
            int status = connection.getResponseCode();
            if (status == HttpURLConnection.HTTP_NOT_MODIFIED) return Boolean.TRUE;
            return status == HttpURLConnection.HTTP_OK ? Boolean.FALSE : null;
        } catch (IOException e) {
            return null;
        } finally {
            if (connection != null) connection.disconnect();
        }
    }

    /** What the server would call the first page that is here. */
    private String mark() {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(bytes(open(INDEX)));
            byte[] first = new byte[12];
            System.arraycopy(sum, 0, first, 0, first.length);
            return Base64.encodeToString(first, Base64.URL_SAFE | Base64.NO_PADDING | Base64.NO_WRAP);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e); // It is in the archive, and every Android has SHA-256.
        }
    }

    /** Whether the app shows something at an address, as against the server itself. */
    private static boolean ofTheApp(String path) {
        if (path.isEmpty() || path.equals("/")) return true;
        String first = path.substring(1).split("/", 2)[0];
        for (String other : new String[] {"api", "socket.io", "lite", "download", "healthz", "readyz", "metrics", "assets"}) {
            if (first.equals(other)) return false;
        }
        return path.substring(path.lastIndexOf('/')).indexOf('.') < 0;
    }

    private static boolean plain(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letter && "-_./".indexOf(c) < 0) return false;
        }
        return !name.isEmpty() && !name.contains("..") && !name.contains("//");
    }

    private WebResourceResponse file(String name, boolean forever) {
        String[] type = typeOf(name);
        if (type == null) return null;
        try {
            Map<String, String> headers = new LinkedHashMap<String, String>(policy());
            headers.put("Cache-Control", forever ? "public, max-age=31536000, immutable" : "no-cache");
            return new WebResourceResponse(type[0], type[1], 200, "OK", headers, open(name));
        } catch (FileNotFoundException e) {
            return null; // The server may have it.
        } catch (IOException e) {
            return null;
        }
    }

    private InputStream open(String name) throws IOException {
        return assets.open(FOLDER + "/" + name);
    }

    /** What the server says beside each of these files. A test of the server's compares the two (internal/webui). */
    private synchronized Map<String, String> policy() throws IOException {
        if (policy == null) {
            Map<String, String> read = new LinkedHashMap<String, String>();
            for (String line : new String(bytes(assets.open("headers.txt")), "UTF-8").split("\n")) {
                int colon = line.indexOf(": ");
                if (colon > 0) read.put(line.substring(0, colon), line.substring(colon + 2).replace("HOST", server.shown()));
            }
            policy = read;
        }
        return policy;
    }

    private static byte[] bytes(InputStream from) throws IOException {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[8192];
            for (int n = from.read(piece); n >= 0; n = from.read(piece)) out.write(piece, 0, n);
            return out.toByteArray();
        } finally {
            from.close();
        }
    }

    /** Type and encoding; null: nothing that a browser should be given. */
    private static String[] typeOf(String name) {
        String end = name.substring(name.lastIndexOf('.') + 1);
        switch (end) {
            case "html": return new String[] {"text/html", "utf-8"};
            case "js": return new String[] {"text/javascript", "utf-8"};
            case "css": return new String[] {"text/css", "utf-8"};
            case "json": return new String[] {"application/json", "utf-8"};
            case "webmanifest": return new String[] {"application/manifest+json", "utf-8"};
            case "txt": return new String[] {"text/plain", "utf-8"};
            case "svg": return new String[] {"image/svg+xml", "utf-8"};
            case "png": return new String[] {"image/png", null};
            case "webp": return new String[] {"image/webp", null};
            case "ico": return new String[] {"image/x-icon", null};
            case "woff2": return new String[] {"font/woff2", null};
            case "wasm": return new String[] {"application/wasm", null};
            case "mp3": return new String[] {"audio/mpeg", null};
            default: return null;
        }
    }
}
