package io.github.happychat;

import android.content.Context;
import android.content.SharedPreferences;

/**
 * What need not be told: what was there when somebody last looked at the app, and what they were told since. Times are
 * the phone's, or the server's where that is said; the two clocks are never taken for the same.
 */
final class Told {
    private static final String LEFT = "left";
    private static final String BY_PAGE = "page ";
    private static final String BY_CALL = "call ";
    private static final String WORDS = "words ";

    private final SharedPreferences kept;

    Told(Context context) {
        kept = context.getSharedPreferences("told", Context.MODE_PRIVATE);
    }

    /** Somebody looked at the app until now. */
    void left(long now) {
        kept.edit().clear().putLong(LEFT, now).apply();
    }

    /** The page tells of a conversation. False: these very words were told by a call before the page could. */
    boolean byPage(String tag, String words, long now) {
        boolean again = words.hashCode() == kept.getInt(WORDS + tag, 0);
        kept.edit().putLong(BY_PAGE + tag, now).remove(WORDS + tag).apply();
        return !again;
    }

    /** A call told of a message that was created then, by the server's clock. */
    void byCall(String tag, String words, long created) {
        kept.edit().putLong(BY_CALL + tag, created).putInt(WORDS + tag, words.hashCode()).apply();
    }

    /** Whether a message is to be told: by when it was created, by the server's clock, and how long before `now` that was. */
    boolean isNews(String tag, long created, long age, long now) {
        if (created <= kept.getLong(BY_CALL + tag, 0)) return false;
        return now - age > Math.max(kept.getLong(LEFT, 0), kept.getLong(BY_PAGE + tag, 0));
    }
}
