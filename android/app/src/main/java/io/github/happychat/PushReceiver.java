package io.github.happychat;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.Intent;
import io.github.happychat.unifiedpush.Call;

/**
 * What a distributor says arrives here, also while nothing of the app runs. Every app on the phone can send here, so
 * whatever does not know the token of our registration is as if it had not come.
 */
public final class PushReceiver extends BroadcastReceiver {
    @Override
    public void onReceive(Context context, Intent intent) {
        Call call = Call.of(intent);
        if (call == null) return;
        Push push = new Push(context);
        if (!push.knows(call)) return;
        switch (call.kind) {
            case ENDPOINT:
                push.found(call.endpoint, end(goAsync()));
                break;
            case FAILED:
                push.failed(call.reason);
                return;
            case UNREGISTERED:
                push.ended(call.instead);
                return;
            case UNAVAILABLE:
                push.unavailable();
                return;
            case MESSAGE:
                if (push.genuine(call)) ring(context);
                break;
        }
        push.acknowledge(call);
    }

    private void ring(Context context) {
        ServerAddress server = new Settings(context).server();
        // In front the page is connected, or says that it is not.
        if (server == null || ChatActivity.inFront() || !new Notices(context).allowed()) return;
        Context app = context.getApplicationContext();
        Bell.ring(app == null ? context : app, server, end(goAsync()));
    }

    private static Runnable end(final PendingResult pending) {
        return new Runnable() {
            @Override
            public void run() {
                pending.finish();
            }
        };
    }
}
