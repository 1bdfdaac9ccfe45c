package io.github.happychat;

/** Why the server cannot be shown, in words for people. */
enum Trouble {
    NO_NETWORK(R.string.trouble_no_network, R.string.trouble_no_network_text),
    UNKNOWN_HOST(R.string.trouble_unknown_host, R.string.trouble_unknown_host_text),
    UNREACHABLE(R.string.trouble_unreachable, R.string.trouble_unreachable_text),
    SLOW(R.string.trouble_slow, R.string.trouble_slow_text),
    CERTIFICATE(R.string.trouble_certificate, R.string.trouble_certificate_text),
    NOT_HAPPY_CHAT(R.string.trouble_not_happy_chat, R.string.trouble_not_happy_chat_text),
    OLD_BROWSER(R.string.trouble_old_browser, R.string.trouble_old_browser_text);

    final int title;
    final int text;

    Trouble(int title, int text) {
        this.title = title;
        this.text = text;
    }
}
