package io.github.happychat;

import android.content.Context;
import android.content.SharedPreferences;

/** What the app itself remembers. What belongs to somebody's account is the page's, and kept by the browser. */
final class Settings {
    private static final String SERVER = "server";
    private static final String SAME = "same";
    private static final String ASKED = "askedToNotify";

    private final SharedPreferences kept;

    Settings(Context context) {
        kept = context.getSharedPreferences("happychat", Context.MODE_PRIVATE);
    }

    /** Null until somebody has told. */
    ServerAddress server() {
        return ServerAddress.kept(kept.getString(SERVER, null));
    }

    void setServer(ServerAddress server) {
        kept.edit().putString(SERVER, server.origin).remove(SAME).apply();
    }

    /** Whether the server had this web app, named by a hash, last time; null: it was never asked about this one. */
    Boolean same(String mark) {
        String last = kept.getString(SAME, "");
        if (last.equals(mark)) return Boolean.TRUE;
        return last.equals("not " + mark) ? Boolean.FALSE : null;
    }

    void setSame(String mark, boolean same) {
        kept.edit().putString(SAME, same ? mark : "not " + mark).apply();
    }

    /** Whether somebody was asked for notifications: Android asks once. */
    boolean askedToNotify() {
        return kept.getBoolean(ASKED, false);
    }

    void setAskedToNotify() {
        kept.edit().putBoolean(ASKED, true).apply();
    }
}
