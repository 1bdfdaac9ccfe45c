package io.github.happychat;

import android.app.Activity;
import android.content.Intent;
import android.net.ConnectivityManager;
import android.net.NetworkInfo;
import android.net.Uri;
import android.os.Bundle;
import android.text.Editable;
import android.text.TextWatcher;
import android.view.KeyEvent;
import android.view.View;
import android.widget.Button;
import android.widget.EditText;
import android.widget.TextView;

/** Asks once where the server is, and makes sure that one is there. */
public final class AddressActivity extends Activity implements Insets.Host {
    /** An invitation that was followed. */
    static final String LINK = "link";

    private EditText address;
    private Button next;
    private TextView problem;
    private View progress;
    /** What was agreed to be reached without encryption. */
    private String agreed = "";
    private boolean asking;
    private boolean left;

    @Override
    protected void onCreate(Bundle saved) {
        super.onCreate(saved);
        setContentView(R.layout.address);
        Bars.show(this, Bars.night(this));
        findViewById(R.id.root).setOnApplyWindowInsetsListener(new Insets(this));
        address = findViewById(R.id.address);
        next = findViewById(R.id.next);
        problem = findViewById(R.id.problem);
        progress = findViewById(R.id.progress);
        next.setOnClickListener(new View.OnClickListener() {
            @Override
            public void onClick(View view) {
                submit();
            }
        });
        address.setOnEditorActionListener(new TextView.OnEditorActionListener() {
            @Override
            public boolean onEditorAction(TextView view, int action, KeyEvent event) {
                submit();
                return true;
            }
        });
        address.addTextChangedListener(new TextWatcher() {
            @Override
            public void beforeTextChanged(CharSequence text, int start, int count, int after) {
            }

            @Override
            public void onTextChanged(CharSequence text, int start, int before, int count) {
            }

            @Override
            public void afterTextChanged(Editable text) {
                say(null);
                next.setText(R.string.next);
            }
        });
        if (saved == null) propose();
    }

    private void propose() {
        String link = getIntent().getStringExtra(LINK);
        ServerAddress now = new Settings(this).server();
        if (link != null) {
            address.setText(link);
            ((TextView) findViewById(R.id.text)).setText(now == null ? R.string.address_invited : R.string.address_other);
        } else if (now != null) address.setText(now.encrypted ? now.shown() : now.origin);
        address.setSelection(address.getText().length());
    }

    private void submit() {
        if (asking) return;
        Link link;
        try {
            link = Link.parse(address.getText().toString());
        } catch (ServerAddress.Refused e) {
            say(getString(words(e.reason)));
            return;
        }
        if (!link.server.encrypted && !agreed.equals(link.server.origin)) {
            agreed = link.server.origin;
            say(getString(R.string.address_plain));
            next.setText(R.string.next_plain);
            return;
        }
        ask(link);
    }

    private static int words(ServerAddress.Refusal reason) {
        switch (reason) {
            case EMPTY: return R.string.address_empty;
            case NOT_ENCRYPTED: return R.string.address_not_encrypted;
            default: return R.string.address_wrong;
        }
    }

    private void ask(final Link link) {
        busy(true);
        say(null);
        new Background<ServerCheck>() {
            @Override
            ServerCheck work() {
                return ServerCheck.of(link.server);
            }

            @Override
            void then(ServerCheck told) {
                if (left) return;
                busy(false);
                if (told.trouble == null) open(told.server, link.path);
                else {
                    Trouble why = online() ? told.trouble : Trouble.NO_NETWORK;
                    say(getString(why.title) + "\n" + getString(why.text, told.server.shown()));
                }
            }
        }.start();
    }

    private void open(ServerAddress server, String path) {
        Settings settings = new Settings(this);
        ServerAddress before = settings.server();
        if (before != null && !before.origin.equals(server.origin)) new Push(this).off();
        settings.setServer(server);
        Intent chat = new Intent(this, ChatActivity.class);
        chat.setAction(Intent.ACTION_VIEW);
        chat.setData(Uri.parse(server.origin + path));
        chat.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK | Intent.FLAG_ACTIVITY_CLEAR_TASK);
        startActivity(chat);
        finish();
    }

    private void busy(boolean now) {
        asking = now;
        next.setEnabled(!now);
        address.setEnabled(!now);
        progress.setVisibility(now ? View.VISIBLE : View.GONE);
    }

    private void say(String text) {
        problem.setText(text == null ? "" : text);
        problem.setVisibility(text == null ? View.GONE : View.VISIBLE);
    }

    private boolean online() {
        NetworkInfo now = ((ConnectivityManager) getSystemService(CONNECTIVITY_SERVICE)).getActiveNetworkInfo();
        return now != null && now.isConnected();
    }

    @Override
    public void insets(int top, int bottom) {
        float density = getResources().getDisplayMetrics().density;
        findViewById(R.id.column).setPadding(0, Math.round(top * density), 0, Math.round(bottom * density));
    }

    @Override
    protected void onDestroy() {
        left = true;
        super.onDestroy();
    }
}
