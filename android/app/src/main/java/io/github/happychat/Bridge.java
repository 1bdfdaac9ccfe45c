package io.github.happychat;

import android.os.Handler;
import android.os.Looper;
import android.webkit.JavascriptInterface;

/**
 * What the page may ask of the app, as window.HappyChatShell (web/src/platform/shell.ts). It answers pages of the
 * server only. Calls come on a thread of the browser's.
 */
final class Bridge {
    static final String NAME = "HappyChatShell";

    /** What does it, on the main thread except for what gives an answer. */
    interface Host {
        /** Whether the page that is open is the server's. */
        boolean own();

        String start();

        /** The page runs. */
        void arrived();

        String shared();

        void sharedTaken();

        void appearance(boolean dark, int background);

        void changeServer();

        String permission();

        void askPermission();

        void show(String title, String body, String tag, String path);

        void hide(String tag);

        void settings();

        String shown();

        String push();

        void pushOn(String key);

        void pushOff();

        void pushChoose();
    }

    private final Host host;
    private final Handler main = new Handler(Looper.getMainLooper());

    Bridge(Host host) {
        this.host = host;
    }

    /** JSON: the version of the app, and the parts of the window that the system draws over. */
    @JavascriptInterface
    public String start() {
        if (!host.own()) return null;
        main.post(new Runnable() {
            @Override
            public void run() {
                host.arrived();
            }
        });
        return host.start();
    }

    /** JSON of what another app shared, or null. */
    @JavascriptInterface
    public String shared() {
        return host.own() ? host.shared() : null;
    }

    /** The page has it. */
    @JavascriptInterface
    public void sharedTaken() {
        if (!host.own()) return;
        main.post(new Runnable() {
            @Override
            public void run() {
                host.sharedTaken();
            }
        });
    }

    /** How the page looks, as #rrggbb, so that what the system draws around it can be read. */
    @JavascriptInterface
    public void appearance(final boolean dark, String background) {
        if (!host.own() || background == null || !background.matches("#[0-9a-fA-F]{6}")) return;
        final int color = 0xff000000 | Integer.parseInt(background.substring(1), 16);
        main.post(new Runnable() {
            @Override
            public void run() {
                host.appearance(dark, color);
            }
        });
    }

    /** Somebody wants another server. */
    @JavascriptInterface
    public void changeServer() {
        if (!host.own()) return;
        main.post(new Runnable() {
            @Override
            public void run() {
                host.changeServer();
            }
        });
    }

    /** Whether notifications may be shown: granted, denied or default. */
    @JavascriptInterface
    public String permission() {
        return host.own() ? host.permission() : null;
    }

    /** Asks; the page is told when there is an answer. */
    @JavascriptInterface
    public void askPermission() {
        if (!host.own()) return;
        main.post(new Runnable() {
            @Override
            public void run() {
                host.askPermission();
            }
        });
    }

    /** Shows a notification that leads to a path of the server's. */
    @JavascriptInterface
    public void show(final String title, final String body, final String tag, final String path) {
        if (!host.own() || title == null || body == null || tag == null || path == null) return;
        main.post(new Runnable() {
            @Override
            public void run() {
                host.show(title, body, tag, path);
            }
        });
    }

    /** Takes it away. */
    @JavascriptInterface
    public void hide(final String tag) {
        if (!host.own() || tag == null) return;
        main.post(new Runnable() {
            @Override
            public void run() {
                host.hide(tag);
            }
        });
    }

    /** Where Android lets somebody allow notifications that they refused. */
    @JavascriptInterface
    public void settings() {
        if (!host.own()) return;
        main.post(new Runnable() {
            @Override
            public void run() {
                host.settings();
            }
        });
    }

    /** JSON: the tags of those that are shown. */
    @JavascriptInterface
    public String shown() {
        return host.own() ? host.shown() : null;
    }

    /** JSON: how it stands with being called while the app is not running (Push). The page is told when that changes. */
    @JavascriptInterface
    public String push() {
        return host.own() ? host.push() : null;
    }

    /** Calls are wanted, which the server signs with this key. */
    @JavascriptInterface
    public void pushOn(final String key) {
        if (!host.own() || key == null) return;
        main.post(new Runnable() {
            @Override
            public void run() {
                host.pushOn(key);
            }
        });
    }

    /** They are not wanted any longer. */
    @JavascriptInterface
    public void pushOff() {
        if (!host.own()) return;
        main.post(new Runnable() {
            @Override
            public void run() {
                host.pushOff();
            }
        });
    }

    /** Somebody wants to choose who calls. */
    @JavascriptInterface
    public void pushChoose() {
        if (!host.own()) return;
        main.post(new Runnable() {
            @Override
            public void run() {
                host.pushChoose();
            }
        });
    }
}
