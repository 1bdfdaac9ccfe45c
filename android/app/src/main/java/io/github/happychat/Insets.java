package io.github.happychat;

import android.os.Build;
import android.view.View;
import android.view.WindowInsets;

/**
 * The parts of the window that the system draws over. The page is told of those above and below it, and keeps clear of
 * them itself; the sides and the keyboard are kept clear of here.
 */
final class Insets implements View.OnApplyWindowInsetsListener {
    interface Host {
        /** In pixels as pages count them. */
        void insets(int top, int bottom);
    }

    private final Host host;

    Insets(Host host) {
        this.host = host;
    }

    @Override
    public WindowInsets onApplyWindowInsets(View view, WindowInsets insets) {
        float density = view.getResources().getDisplayMetrics().density; // Another on another screen.
        int below = insets.getSystemWindowInsetBottom();
        // What the keyboard adds to the bar that is always there.
        boolean keyboard = below > insets.getStableInsetBottom();
        view.setPadding(insets.getSystemWindowInsetLeft(), 0, insets.getSystemWindowInsetRight(), keyboard ? below : 0);
        host.insets(Math.round(insets.getSystemWindowInsetTop() / density), keyboard ? 0 : Math.round(below / density));
        WindowInsets left = insets.consumeSystemWindowInsets();
        return Build.VERSION.SDK_INT >= 28 ? left.consumeDisplayCutout() : left;
    }
}
