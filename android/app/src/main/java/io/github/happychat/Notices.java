package io.github.happychat;

import android.app.Activity;
import android.app.Notification;
import android.app.NotificationChannel;
import android.app.NotificationManager;
import android.app.PendingIntent;
import android.content.Context;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.net.Uri;
import android.os.Build;

/** Notifications of what is new, as the page asks for them while other apps are in front. */
final class Notices {
    static final int PERMISSION = 5;
    /** Since Android 13 (API 33), which is newer than what this is compiled against. */
    static final String POST = "android.permission.POST_NOTIFICATIONS";
    private static final String CHANNEL = "messages";
    private static final int ID = 1;

    private final Activity activity;
    private final ServerAddress server;
    private final Settings settings;

    Notices(Activity activity, ServerAddress server, Settings settings) {
        this.activity = activity;
        this.server = server;
        this.settings = settings;
    }

    /** In the words of browsers. */
    String permission() {
        if (Build.VERSION.SDK_INT >= 33 && activity.checkSelfPermission(POST) != PackageManager.PERMISSION_GRANTED) {
            return settings.askedToNotify() ? "denied" : "default";
        }
        return manager().areNotificationsEnabled() ? "granted" : "denied";
    }

    /** Asks if that can be; true: an answer will come. */
    boolean ask() {
        if (!permission().equals("default")) return false;
        settings.setAskedToNotify();
        activity.requestPermissions(new String[] {POST}, PERMISSION);
        return true;
    }

    /** A later one with the same tag takes the place of the one before. It leads to a path of the server's. */
    void show(String title, String body, String tag, String path) {
        if (!path.startsWith("/") || !permission().equals("granted")) return;
        Intent open = new Intent(activity, ChatActivity.class);
        open.setAction(Intent.ACTION_VIEW);
        open.setData(Uri.parse(server.origin + path));
        Notification.Builder builder;
        if (Build.VERSION.SDK_INT >= 26) {
            manager().createNotificationChannel(new NotificationChannel(CHANNEL, activity.getString(R.string.channel), NotificationManager.IMPORTANCE_HIGH));
            builder = new Notification.Builder(activity, CHANNEL);
        } else builder = new Notification.Builder(activity);
        builder.setSmallIcon(R.drawable.notice);
        builder.setColor(activity.getColor(R.color.icon));
        builder.setContentTitle(title);
        builder.setContentText(body);
        builder.setAutoCancel(true);
        builder.setCategory(Notification.CATEGORY_MESSAGE);
        builder.setContentIntent(PendingIntent.getActivity(activity, tag.hashCode(), open, PendingIntent.FLAG_UPDATE_CURRENT | PendingIntent.FLAG_IMMUTABLE));
        manager().notify(tag, ID, builder.build());
    }

    void hide(String tag) {
        manager().cancel(tag, ID);
    }

    private NotificationManager manager() {
        return (NotificationManager) activity.getSystemService(Context.NOTIFICATION_SERVICE);
    }
}
