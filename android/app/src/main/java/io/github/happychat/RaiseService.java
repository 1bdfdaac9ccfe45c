package io.github.happychat;

import android.app.Service;
import android.content.Intent;
import android.os.Binder;
import android.os.IBinder;

/**
 * Does nothing. While it delivers a message, a distributor binds to it, and so lends the app the importance to reach
 * the network (UnifiedPush, “Service to raise to the foreground”).
 */
public final class RaiseService extends Service {
    @Override
    public IBinder onBind(Intent intent) {
        return new Binder();
    }
}
