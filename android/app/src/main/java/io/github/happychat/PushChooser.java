package io.github.happychat;

import android.app.Activity;
import android.app.AlertDialog;
import android.app.PendingIntent;
import android.content.ActivityNotFoundException;
import android.content.DialogInterface;
import android.content.Intent;
import io.github.happychat.unifiedpush.Connector;
import java.util.List;

/** Lets somebody choose by which of several distributors they are called. */
final class PushChooser {
    static final int LINK = 6;

    private final Activity activity;
    private final Push push;
    private final Connector connector;

    PushChooser(Activity activity, Push push) {
        this.activity = activity;
        this.push = push;
        connector = new Connector(activity);
    }

    /** The first time Android asks, and remembers the answer for all apps; after that we do, since it would not. */
    void ask() {
        if (!push.chosen()) {
            try {
                activity.startActivityForResult(new Intent(Intent.ACTION_VIEW, Connector.LINK), LINK);
                return;
            } catch (ActivityNotFoundException | SecurityException e) {
                // Distributors of AND_2 have no such activity.
            }
        }
        list();
    }

    boolean result(int request, int result, Intent data) {
        if (request != LINK) return false;
        if (result != Activity.RESULT_OK) return true; // Later, perhaps.
        String distributor = creator(data);
        if (distributor != null && connector.distributors().contains(distributor)) push.use(distributor);
        else list();
        return true;
    }

    private static String creator(Intent data) {
        try {
            PendingIntent identity = data == null ? null : data.<PendingIntent>getParcelableExtra(Connector.IDENTITY);
            return identity == null ? null : identity.getCreatorPackage();
        } catch (RuntimeException e) {
            return null; // What another app put there need not be readable.
        }
    }

    private void list() {
        final List<String> there = connector.distributors();
        String[] names = new String[there.size()];
        for (int i = 0; i < names.length; i++) names[i] = connector.nameOf(there.get(i));
        new AlertDialog.Builder(activity).setTitle(R.string.push_choose).setItems(names, new DialogInterface.OnClickListener() {
            @Override
            public void onClick(DialogInterface dialog, int which) {
                push.use(there.get(which));
            }
        }).show();
    }
}
