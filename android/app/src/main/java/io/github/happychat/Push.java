package io.github.happychat;

import android.content.Context;
import android.content.SharedPreferences;
import android.os.Handler;
import android.os.Looper;
import io.github.happychat.unifiedpush.Call;
import io.github.happychat.unifiedpush.Connector;
import io.github.happychat.unifiedpush.Keys;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * That this phone is called when something is new while the app is not running (docs/adr/0089). The page says whether
 * (web/src/platform/push.ts); everything else is done here, since most of it happens when there is no page.
 */
final class Push {
    /** What the server signs its calls with; kept for as long as calls are wanted. */
    private static final String VAPID = "vapid";
    private static final String SERVER = "server";
    private static final String DISTRIBUTOR = "distributor";
    private static final String TOKEN = "token";
    private static final String ENDPOINT = "endpoint";
    /** Whether the server knows the endpoint. */
    private static final String TOLD = "told";
    private static final String FAILURE = "failure";
    private static final String SECRET = "secret";
    private static final String P256DH = "p256dh";
    private static final String AUTH = "auth";

    /** What the server is told, in this order. */
    private static final ExecutorService calls = Executors.newSingleThreadExecutor(new ThreadFactory() {
        @Override
        public Thread newThread(Runnable job) {
            Thread thread = new Thread(job, "push");
            thread.setDaemon(true);
            return thread;
        }
    });
    /** Told on the main thread when the state may be another. */
    private static volatile Runnable follower;
    /** What the server was told since the app was started: it may have forgotten what it was told before. */
    private static volatile String confirmed;

    private final Context context;
    private final Connector connector;
    private final SharedPreferences kept;

    Push(Context context) {
        this.context = context.getApplicationContext() == null ? context : context.getApplicationContext();
        connector = new Connector(this.context);
        kept = context.getSharedPreferences("push", Context.MODE_PRIVATE);
    }

    static void follow(Runnable changed) {
        follower = changed;
    }

    static void unfollow(Runnable changed) {
        if (follower == changed) follower = null;
    }

    private static void changed() {
        new Handler(Looper.getMainLooper()).post(new Runnable() {
            @Override
            public void run() {
                Runnable now = follower;
                if (now != null) now.run();
            }
        });
    }

    /** JSON, as web/src/platform/push.ts has it. */
    String state() {
        List<String> there = connector.distributors();
        String by = kept.getString(DISTRIBUTOR, null);
        boolean chosen = by != null && there.contains(by);
        String failure = kept.getString(FAILURE, null);
        String state;
        if (!wanted()) state = "off";
        else if (there.isEmpty()) state = "missing";
        else if (!chosen && there.size() > 1) state = "choose";
        else if (failure != null) state = "failed";
        else state = kept.getBoolean(TOLD, false) ? "on" : "waiting";
        return "{\"state\":" + Json.quoted(state)
                + (state.equals("failed") ? ",\"reason\":" + Json.quoted(failure) : "")
                + (chosen ? ",\"via\":" + Json.quoted(connector.nameOf(by)) : "")
                + ",\"several\":" + (there.size() > 1) + "}";
    }

    /** Whether it is decided which distributor calls. */
    boolean chosen() {
        return kept.getString(DISTRIBUTOR, null) != null;
    }

    private boolean wanted() {
        return kept.getString(VAPID, null) != null;
    }

    /** Calls are wanted, which the server signs with this key. Harmless to repeat. */
    void on(String vapid) {
        if (vapid == null || !vapid.matches("[A-Za-z0-9_-]{87}")) return;
        ServerAddress server = new Settings(context).server();
        if (server == null) return;
        boolean same = vapid.equals(kept.getString(VAPID, null)) && server.origin.equals(kept.getString(SERVER, null));
        if (!same) {
            unregister();
            forget();
            kept.edit().putString(VAPID, vapid).putString(SERVER, server.origin).commit();
        }
        again();
    }

    /** Somebody opens the app: an app that passes on calls may have come or gone, or what it waited for was done. */
    void renew() {
        String by = kept.getString(DISTRIBUTOR, null);
        boolean well = confirmed != null && !kept.contains(FAILURE) && by != null && connector.distributors().contains(by);
        if (!well) again();
        changed();
    }

    /** Registers anew if calls are wanted, as the specification asks for at every start. */
    void again() {
        if (!wanted()) return;
        List<String> there = connector.distributors();
        String by = kept.getString(DISTRIBUTOR, null);
        if (by != null && !there.contains(by)) {
            // It was removed from the phone, and the registration with it.
            forget();
            kept.edit().remove(DISTRIBUTOR).commit();
            by = null;
        }
        if (by == null && there.size() == 1) by = there.get(0);
        if (by != null) register(by);
        changed();
    }

    /** Somebody chose. */
    void use(String distributor) {
        if (!wanted() || !connector.distributors().contains(distributor)) return;
        if (!distributor.equals(kept.getString(DISTRIBUTOR, null))) {
            unregister();
            forget();
        }
        register(distributor);
        changed();
    }

    private void register(String distributor) {
        SharedPreferences.Editor edit = kept.edit().putString(DISTRIBUTOR, distributor).remove(FAILURE);
        String token = kept.getString(TOKEN, null);
        if (token == null) {
            token = UUID.randomUUID().toString();
            edit.putString(TOKEN, token);
        }
        if (keys() == null) {
            Keys made = Keys.make();
            edit.putString(SECRET, made.secret()).putString(P256DH, made.p256dh).putString(AUTH, made.auth);
        }
        edit.commit(); // Before the answer can come.
        connector.register(distributor, token, kept.getString(VAPID, null), context.getString(R.string.app_name));
    }

    /** Nobody calls any longer, and nothing of what was told stays: somebody signed out, or goes to another server. */
    void off() {
        if (!wanted()) return;
        tellNoMore();
        unregister();
        forget();
        kept.edit().remove(VAPID).remove(SERVER).commit();
        new Notices(context).hideAll();
        changed();
    }

    private void unregister() {
        String token = kept.getString(TOKEN, null);
        String by = kept.getString(DISTRIBUTOR, null);
        if (token != null && by != null) connector.unregister(by, token);
    }

    /** The registration; what is wanted, and by whom, stays. */
    private void forget() {
        SharedPreferences.Editor edit = kept.edit();
        for (String each : new String[] {TOKEN, ENDPOINT, TOLD, FAILURE, SECRET, P256DH, AUTH}) edit.remove(each);
        edit.commit();
        confirmed = null;
    }

    private Keys keys() {
        return Keys.kept(kept.getString(SECRET, null), kept.getString(P256DH, null), kept.getString(AUTH, null));
    }

    /** Whether this is of the distributor that we registered with: nobody else knows the token. */
    boolean knows(Call call) {
        String token = kept.getString(TOKEN, null);
        return wanted() && token != null && MessageDigest.isEqual(bytes(token), bytes(call.token));
    }

    private static byte[] bytes(String text) {
        byte[] out = new byte[text.length()];
        for (int i = 0; i < out.length; i++) out[i] = (byte) Math.min(text.charAt(i), 0xff);
        return out;
    }

    void acknowledge(Call call) {
        String by = kept.getString(DISTRIBUTOR, null);
        if (call.id != null && by != null) connector.acknowledge(by, call.token, call.id);
    }

    /** Whether the server sent it: it was encrypted for us. */
    boolean genuine(Call call) {
        Keys keys = keys();
        return keys != null && kept.getString(ENDPOINT, null) != null && keys.decrypt(call.message) != null;
    }

    /** Where to call is known, or is another now. */
    void found(String endpoint, Runnable done) {
        boolean same = endpoint.equals(kept.getString(ENDPOINT, null)) && kept.getBoolean(TOLD, false);
        SharedPreferences.Editor edit = kept.edit().putString(ENDPOINT, endpoint).remove(FAILURE);
        if (!same) edit.remove(TOLD);
        edit.commit();
        if (same && endpoint.equals(confirmed)) {
            changed();
            done.run();
        } else tell(endpoint, done);
    }

    /** The registration did not succeed. Another token has to be used for the next. */
    void failed(String reason) {
        if (kept.getString(ENDPOINT, null) != null) return; // It did: this was on its way before that.
        forget();
        fail("NETWORK".equals(reason) ? "network" : "ACTION_REQUIRED".equals(reason) ? "action" : "internal");
    }

    /** The distributor, or its push service, does not keep the registration any longer. */
    void ended(String instead) {
        forget();
        if (instead != null && connector.distributors().contains(instead)) {
            register(instead);
            changed();
            return;
        }
        tellNoMore();
        fail("internal");
    }

    /** The push service cannot be reached for a while. The endpoint stays, and is told again when it can. */
    void unavailable() {
        fail("network");
    }

    private void fail(String reason) {
        kept.edit().putString(FAILURE, reason).commit();
        changed();
    }

    // The server.

    private void tell(final String endpoint, final Runnable done) {
        final ServerAddress server = ServerAddress.kept(kept.getString(SERVER, null));
        final String json = "{\"endpoint\":" + Json.quoted(endpoint) + ",\"keys\":{\"p256dh\":"
                + Json.quoted(kept.getString(P256DH, "")) + ",\"auth\":" + Json.quoted(kept.getString(AUTH, "")) + "}}";
        calls.execute(new Runnable() {
            @Override
            public void run() {
                try {
                    told(endpoint, ServerCall.make(server, ServerCall.cookie(server), "PUT", "/sessions/current/push", json));
                } catch (IOException e) {
                    told(endpoint, null);
                } finally {
                    done.run();
                }
            }
        });
    }

    private void told(String endpoint, ServerCall call) {
        if (!endpoint.equals(kept.getString(ENDPOINT, null))) return; // There is another by now, or none.
        if (call != null && call.signedOut()) {
            off();
            return;
        }
        if (call == null || !call.succeeded()) {
            fail(call != null && call.status == 422 ? "refused" : "server");
            return;
        }
        confirmed = endpoint;
        kept.edit().putBoolean(TOLD, true).remove(FAILURE).commit();
        changed();
    }

    /** As whoever is signed in now; a moment later they may not be. */
    private void tellNoMore() {
        final ServerAddress server = ServerAddress.kept(kept.getString(SERVER, null));
        final String cookie = server == null ? null : ServerCall.cookie(server);
        if (cookie == null) return;
        calls.execute(new Runnable() {
            @Override
            public void run() {
                try {
                    ServerCall.make(server, cookie, "DELETE", "/sessions/current/push", null);
                } catch (IOException e) {
                    // Its calls lead nowhere from now on, and a push service says so to the server.
                }
            }
        });
    }
}
