package io.github.happychat.unifiedpush;

import android.content.Intent;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * What a distributor says to an app. Any app on the phone can send the like: only whoever knows the token is believed,
 * and what is not as the specification has it is not looked at.
 */
public final class Call {
    public enum Kind { ENDPOINT, FAILED, MESSAGE, UNREGISTERED, UNAVAILABLE }

    private static final String CONNECTOR = "org.unifiedpush.android.connector.";
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_ENDPOINT = 1000;
    private static final int LONGEST_MESSAGE = 4096;

    public final Kind kind;
    public final String token;
    /** To be acknowledged; null: it need not be. */
    public final String id;
    /** Of ENDPOINT: where a server sends what is for this app. */
    public final String endpoint;
    /** Of MESSAGE: as the server encrypted it. */
    public final byte[] message;
    /** Of FAILED: INTERNAL_ERROR, NETWORK, ACTION_REQUIRED or VAPID_REQUIRED. */
    public final String reason;
    /** Of UNREGISTERED and UNAVAILABLE: the distributor that stands in; null: none. */
    public final String instead;

    private Call(Kind kind, Intent intent) {
        this.kind = kind;
        token = intent.getStringExtra("token");
        id = intent.getStringExtra("id");
        endpoint = kind == Kind.ENDPOINT ? intent.getStringExtra("endpoint") : null;
        message = kind == Kind.MESSAGE ? intent.getByteArrayExtra("bytesMessage") : null;
        reason = kind == Kind.FAILED ? intent.getStringExtra("reason") : null;
        instead = kind == Kind.UNREGISTERED || kind == Kind.UNAVAILABLE ? intent.getStringExtra("useDistributor") : null;
    }

    /** Null: it is none. */
    public static Call of(Intent intent) {
        Kind kind = kindOf(intent.getAction());
        if (kind == null) return null;
        Call call;
        try {
            call = new Call(kind, intent);
        } catch (RuntimeException e) {
            return null; // Extras can be made so that reading any of them fails.
        }
        return call.proper() ? call : null;
    }

    private static Kind kindOf(String action) {
        if (action == null || !action.startsWith(CONNECTOR)) return null;
        switch (action.substring(CONNECTOR.length())) {
            case "NEW_ENDPOINT": return Kind.ENDPOINT;
            case "REGISTRATION_FAILED": return Kind.FAILED;
            case "MESSAGE": return Kind.MESSAGE;
            case "UNREGISTERED": return Kind.UNREGISTERED;
            case "TEMP_UNAVAILABLE": return Kind.UNAVAILABLE;
            default: return null;
        }
    }

    private boolean proper() {
        if (token == null || token.isEmpty() || token.length() > LONGEST_NAME) return false;
        if (id != null && (id.isEmpty() || id.length() > LONGEST_NAME)) return false;
        if (kind == Kind.ENDPOINT) return isEndpoint(endpoint);
        return kind != Kind.MESSAGE || message != null && message.length > 0 && message.length <= LONGEST_MESSAGE;
    }

    private static boolean isEndpoint(String text) {
        if (text == null || text.length() > LONGEST_ENDPOINT) return false;
        try {
            URI uri = new URI(text);
            boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            return web && uri.getHost() != null && uri.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
