package io.github.happychat;

import android.webkit.CookieManager;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;

/**
 * Asks the server something as whoever is signed in in this app, when no page does. It names no origin, as no program
 * does that is not a browser; so the server knows that no page of another site is behind it (docs/protocol.md).
 */
final class ServerCall {
    private static final int PATIENCE = 4000;
    private static final int LARGEST = 8 << 20;

    final int status;
    /** Of what succeeded. */
    final String body;

    private ServerCall(int status, String body) {
        this.status = status;
        this.body = body;
    }

    boolean signedOut() {
        return status == HttpURLConnection.HTTP_UNAUTHORIZED;
    }

    boolean succeeded() {
        return status / 100 == 2;
    }

    /** The cookies that a call would carry now; null: nobody is signed in. */
    static String cookie(ServerAddress server) {
        return CookieManager.getInstance().getCookie(server.origin + "/");
    }

    /** What is asked stands under /api/v1; `json` null: nothing is sent. */
    static ServerCall make(ServerAddress server, String cookie, String method, String path, String json) throws IOException {
        if (cookie == null || cookie.isEmpty()) return new ServerCall(HttpURLConnection.HTTP_UNAUTHORIZED, "");
        HttpURLConnection connection = (HttpURLConnection) new URL(server.origin + "/api/v1" + path).openConnection();
        try {
            connection.setRequestMethod(method);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setConnectTimeout(PATIENCE);
            connection.setReadTimeout(PATIENCE);
            connection.setRequestProperty("Accept", "application/json");
            connection.setRequestProperty("Cookie", cookie);
            if (json != null) send(connection, json.getBytes("UTF-8"));
            int status = connection.getResponseCode();
            boolean read = status == HttpURLConnection.HTTP_OK;
            return new ServerCall(status, read ? text(connection.getInputStream()) : "");
        } finally {
            connection.disconnect();
        }
    }

    private static void send(HttpURLConnection connection, byte[] json) throws IOException {
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(json.length);
        OutputStream out = connection.getOutputStream();
        try {
            out.write(json);
        } finally {
            out.close();
        }
    }

    private static String text(InputStream from) throws IOException {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[8192];
            for (int n = from.read(piece); n >= 0; n = from.read(piece)) {
                out.write(piece, 0, n);
                if (out.size() > LARGEST) throw new IOException("too large");
            }
            return out.toString("UTF-8");
        } finally {
            from.close();
        }
    }
}
