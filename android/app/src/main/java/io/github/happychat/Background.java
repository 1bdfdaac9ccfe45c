package io.github.happychat;

import android.os.Handler;
import android.os.Looper;

/** Work that may take a while, and then what is done with its result where everything on the screen is done. */
abstract class Background<T> {
    /** On a thread of its own. */
    abstract T work();

    /** On the main thread. */
    abstract void then(T result);

    final void start() {
        final Handler main = new Handler(Looper.getMainLooper());
        Thread thread = new Thread("happychat") {
            @Override
            public void run() {
                final T result = work();
                main.post(new Runnable() {
                    @Override
                    public void run() {
                        then(result);
                    }
                });
            }
        };
        thread.setDaemon(true);
        thread.start();
    }
}
