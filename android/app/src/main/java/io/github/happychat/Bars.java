package io.github.happychat;

import android.app.Activity;
import android.graphics.Color;
import android.os.Build;
import android.view.View;
import android.view.Window;

/** The system's bars: transparent, over a window that reaches from edge to edge. */
final class Bars {
    private Bars() {
    }

    /** `dark` tells what is below them. */
    static void show(Activity activity, boolean dark) {
        Window window = activity.getWindow();
        int flags = View.SYSTEM_UI_FLAG_LAYOUT_STABLE | View.SYSTEM_UI_FLAG_LAYOUT_FULLSCREEN | View.SYSTEM_UI_FLAG_LAYOUT_HIDE_NAVIGATION;
        window.setStatusBarColor(Color.TRANSPARENT);
        if (!dark) flags |= View.SYSTEM_UI_FLAG_LIGHT_STATUS_BAR;
        if (Build.VERSION.SDK_INT >= 26) {
            window.setNavigationBarColor(Color.TRANSPARENT);
            if (!dark) flags |= View.SYSTEM_UI_FLAG_LIGHT_NAVIGATION_BAR;
        }
        if (Build.VERSION.SDK_INT >= 29) window.setNavigationBarContrastEnforced(false);
        window.getDecorView().setSystemUiVisibility(flags);
    }

    /** Whether the phone is set to dark. */
    static boolean night(Activity activity) {
        return activity.getResources().getBoolean(R.bool.night);
    }
}
