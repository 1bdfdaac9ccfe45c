package io.github.happychat;

import android.app.Activity;
import android.app.Notification;
import android.app.NotificationChannel;
import android.app.NotificationManager;
import android.app.PendingIntent;
import android.content.ActivityNotFoundException;
import android.content.Context;
import android.content.Intent;
import android.content.pm.PackageManager;
import android.net.Uri;
import android.os.Build;
import android.service.notification.StatusBarNotification;
import java.util.ArrayList;
import java.util.List;

/** Notifications of what is new, while other apps are in front: as the page asks for them, or as a call brings them. */
final class Notices {
    static final int PERMISSION = 5;
    /** Since Android 13 (API 33), which is newer than what this is compiled against. */
    static final String POST = "android.permission.POST_NOTIFICATIONS";
    /** Of what is told when nobody knows what is new. Conversations have theirs for a tag: numbers. */
    static final String GENERAL = "news";
    private static final String CHANNEL = "messages";
    private static final int ID = 1;

    private final Context context;

    Notices(Context context) {
        this.context = context;
    }

    /** In the words of browsers. */
    String permission() {
        if (Build.VERSION.SDK_INT >= 33 && context.checkSelfPermission(POST) != PackageManager.PERMISSION_GRANTED) {
            return new Settings(context).askedToNotify() ? "denied" : "default";
        }
        return manager().areNotificationsEnabled() ? "granted" : "denied";
    }

    boolean allowed() {
        return permission().equals("granted");
    }

    /** Asks if that can be; true: an answer will come to the activity. */
    boolean ask(Activity activity) {
        if (!permission().equals("default")) return false;
        new Settings(context).setAskedToNotify();
        activity.requestPermissions(new String[] {POST}, PERMISSION);
        return true;
    }

    /** Opens where Android lets somebody change their mind. */
    void settings(Activity activity) {
        Intent intent;
        if (Build.VERSION.SDK_INT >= 26) {
            intent = new Intent(android.provider.Settings.ACTION_APP_NOTIFICATION_SETTINGS);
            intent.putExtra(android.provider.Settings.EXTRA_APP_PACKAGE, activity.getPackageName());
        } else {
            intent = new Intent(android.provider.Settings.ACTION_APPLICATION_DETAILS_SETTINGS);
            intent.setData(Uri.parse("package:" + activity.getPackageName()));
        }
        try {
            activity.startActivity(intent);
        } catch (ActivityNotFoundException e) {
            // Some televisions have none: then it is found by hand, or nowhere.
        }
    }

    /** A later one with the same tag takes the place of the one before. It leads to a path of the server's. */
    void show(String title, String body, String tag, String path) {
        ServerAddress server = new Settings(context).server();
        if (server == null || !path.startsWith("/") || !allowed()) return;
        Intent open = new Intent(context, ChatActivity.class);
        open.setAction(Intent.ACTION_VIEW);
        open.setData(Uri.parse(server.origin + path));
        Notification.Builder builder;
        if (Build.VERSION.SDK_INT >= 26) {
            manager().createNotificationChannel(new NotificationChannel(CHANNEL, context.getString(R.string.channel), NotificationManager.IMPORTANCE_HIGH));
            builder = new Notification.Builder(context, CHANNEL);
        } else {
            builder = new Notification.Builder(context);
            // Without channels only these make it sound and come to the front.
            builder.setPriority(Notification.PRIORITY_HIGH);
            builder.setDefaults(Notification.DEFAULT_ALL);
        }
        builder.setSmallIcon(R.drawable.notice);
        builder.setColor(context.getColor(R.color.icon));
        builder.setContentTitle(title);
        builder.setContentText(body);
        builder.setAutoCancel(true);
        builder.setCategory(Notification.CATEGORY_MESSAGE);
        builder.setContentIntent(PendingIntent.getActivity(context, tag.hashCode(), open, PendingIntent.FLAG_UPDATE_CURRENT | PendingIntent.FLAG_IMMUTABLE));
        manager().notify(tag, ID, builder.build());
    }

    /** That there is something new, and not what. */
    void general() {
        show(context.getString(R.string.news), context.getString(R.string.news_text), GENERAL, "/chats");
    }

    void hide(String tag) {
        manager().cancel(tag, ID);
    }

    void hideAll() {
        for (String tag : shown()) hide(tag);
    }

    /** The tags of those that are shown. */
    List<String> shown() {
        List<String> tags = new ArrayList<String>();
        for (StatusBarNotification each : manager().getActiveNotifications()) {
            if (each.getId() == ID && each.getTag() != null) tags.add(each.getTag());
        }
        return tags;
    }

    private NotificationManager manager() {
        return (NotificationManager) context.getSystemService(Context.NOTIFICATION_SERVICE);
    }
}
