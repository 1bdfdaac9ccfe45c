package io.github.happychat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URL;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Asks an address whether a Happy Chat server is there. */
final class ServerCheck {
    private static final int PATIENCE = 10000;
    private static final int LARGEST = 64 << 10;
    private static final int REDIRECTIONS = 3;

    /** Null: it is there. */
    final Trouble trouble;
    /** Where it is: a server may send from one address to another. */
    final ServerAddress server;

    private ServerCheck(Trouble trouble, ServerAddress server) {
        this.trouble = trouble;
        this.server = server;
    }

    static ServerCheck of(ServerAddress asked) {
        ServerAddress server = asked;
        for (int i = 0; i <= REDIRECTIONS; i++) {
            HttpURLConnection connection = null;
            try {
                connection = (HttpURLConnection) new URL(server.origin + "/api/v1/server").openConnection();
                connection.setInstanceFollowRedirects(false);
                connection.setConnectTimeout(PATIENCE);
                connection.setReadTimeout(PATIENCE);
                connection.setRequestProperty("Accept", "application/json");
                int status = connection.getResponseCode();
                String to = connection.getHeaderField("Location");
                if (status >= 301 && status <= 308 && to != null) {
                    ServerAddress next = elsewhere(to);
                    if (next == null || next.origin.equals(server.origin)) break;
                    server = next;
                    continue;
                }
                boolean there = status == 200 && isServer(read(connection.getInputStream()));
                return new ServerCheck(there ? null : Trouble.NOT_HAPPY_CHAT, server);
            } catch (IOException e) {
                return new ServerCheck(troubleOf(e), server);
            } finally {
                if (connection != null) connection.disconnect();
            }
        }
        return new ServerCheck(Trouble.NOT_HAPPY_CHAT, server);
    }

    /** Only to an encrypted one: nobody is sent from a lock to none. */
    private static ServerAddress elsewhere(String location) {
        if (!location.startsWith("https://")) return null;
        return ServerAddress.kept(location);
    }

    private static boolean isServer(String body) {
        return body.contains("\"registration\"") && body.contains("\"limits\"") && body.contains("\"signedIn\"");
    }

    static Trouble troubleOf(IOException e) {
        if (e instanceof UnknownHostException) return Trouble.UNKNOWN_HOST;
        if (e instanceof SSLHandshakeException || e instanceof SSLPeerUnverifiedException) return Trouble.CERTIFICATE;
        if (e instanceof SSLException) return Trouble.NOT_HAPPY_CHAT;
        if (e instanceof SocketTimeoutException) return Trouble.SLOW;
        return Trouble.UNREACHABLE;
    }

    private static String read(InputStream from) throws IOException {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] piece = new byte[8192];
            for (int n = from.read(piece); n >= 0 && out.size() < LARGEST; n = from.read(piece)) out.write(piece, 0, n);
            return out.toString("UTF-8");
        } finally {
            from.close();
        }
    }
}
