package io.github.happychat.unifiedpush;

import android.annotation.TargetApi;
import android.app.BroadcastOptions;
import android.app.PendingIntent;
import android.content.Context;
import android.content.Intent;
import android.content.pm.ApplicationInfo;
import android.content.pm.PackageManager;
import android.content.pm.ResolveInfo;
import android.net.Uri;
import android.os.Build;
import java.util.ArrayList;
import java.util.List;

/**
 * What an app says to a distributor: the app on a phone that keeps the one connection to a push service for all others.
 * Written after the UnifiedPush specification for Android, AND_3 (unifiedpush.org/developers/spec/android), and kept
 * readable for distributors of AND_2. What a distributor says is a {@link Call}.
 */
public final class Connector {
    /** Opens the distributor that somebody prefers, for a result; asked for when there are several. */
    public static final Uri LINK = Uri.parse("unifiedpush://link");
    /** In the result of LINK: a PendingIntent whose creator is the distributor. In what we send: who we are. */
    public static final String IDENTITY = "pi";

    private static final String DISTRIBUTOR = "org.unifiedpush.android.distributor.";
    private static final String REGISTER = DISTRIBUTOR + "REGISTER";
    /** Nobody has it: what is meant for it says only who made it. */
    private static final String DUMMY = "org.unifiedpush.dummy_app";

    private final Context context;

    public Connector(Context context) {
        this.context = context;
    }

    /** Packages of the distributors that are installed. */
    public List<String> distributors() {
        List<String> found = new ArrayList<String>();
        List<ResolveInfo> all = context.getPackageManager().queryBroadcastReceivers(new Intent(REGISTER), 0);
        if (all == null) return found;
        for (ResolveInfo each : all) {
            if (!each.activityInfo.exported || found.contains(each.activityInfo.packageName)) continue;
            found.add(each.activityInfo.packageName);
        }
        return found;
    }

    /** What people call it. */
    public String nameOf(String distributor) {
        PackageManager manager = context.getPackageManager();
        try {
            ApplicationInfo info = manager.getApplicationInfo(distributor, 0);
            return String.valueOf(manager.getApplicationLabel(info));
        } catch (PackageManager.NameNotFoundException e) {
            return distributor;
        }
    }

    /** Asks for an endpoint. Harmless to repeat with the same token: it is answered with the same endpoint. */
    public void register(String distributor, String token, String vapid, String description) {
        Intent intent = to(distributor, "REGISTER", token);
        intent.putExtra("vapid", vapid);
        intent.putExtra("message", description);
        intent.putExtra("application", context.getPackageName()); // AND_2
        identified(intent);
    }

    /** From now on the token is nobody's; what still comes for it is not ours. */
    public void unregister(String distributor, String token) {
        identified(to(distributor, "UNREGISTER", token));
    }

    /** What has an id is sent again until this was said. */
    public void acknowledge(String distributor, String token, String id) {
        Intent intent = to(distributor, "MESSAGE_ACK", token);
        intent.putExtra("id", id);
        context.sendBroadcast(intent);
    }

    private static Intent to(String distributor, String action, String token) {
        Intent intent = new Intent(DISTRIBUTOR + action);
        intent.setPackage(distributor);
        intent.putExtra("token", token);
        return intent;
    }

    /** A distributor has to know which app asks, so that no other gets its calls. */
    private void identified(Intent intent) {
        Intent nobody = new Intent(DUMMY);
        nobody.setPackage(DUMMY);
        intent.putExtra(IDENTITY, PendingIntent.getBroadcast(context, 0, nobody, PendingIntent.FLAG_IMMUTABLE));
        if (Build.VERSION.SDK_INT >= 34) sharing(intent);
        else context.sendBroadcast(intent);
    }

    @TargetApi(34)
    private void sharing(Intent intent) {
        context.sendBroadcast(intent, null, BroadcastOptions.makeBasic().setShareIdentityEnabled(true).toBundle());
    }
}
