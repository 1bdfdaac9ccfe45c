#!/usr/bin/python3
"""A window with nothing in it but WebKitGTK. WebKitWebDriver starts and drives it.

Usage: window.py WIDTH HEIGHT LANGUAGE SCRIPT

SCRIPT is run in every document before its own scripts. It may post messages to
webkit.messageHandlers.happy: {"fault": TEXT} is printed as one line of JSON,
{"dark": BOOLEAN} and {"still": BOOLEAN} change what the system would prefer,
{"size": [WIDTH, HEIGHT]} changes the size.
"""
import json
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import Gdk, Gtk, WebKit2  # noqa: E402

width, height, language, script = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
windows = []


def open_window(*_):
    content = WebKit2.UserContentManager()
    content.register_script_message_handler("happy")
    with open(script, encoding="utf-8") as file:
        content.add_script(
            WebKit2.UserScript(
                file.read(),
                WebKit2.UserContentInjectedFrames.TOP_FRAME,
                WebKit2.UserScriptInjectionTime.START,
                None,
                None,
            )
        )
    view = WebKit2.WebView(
        web_context=context, user_content_manager=content, is_controlled_by_automation=True
    )
    window = Gtk.Window(decorated=False, default_width=width, default_height=height)
    window.add(view)
    content.connect("script-message-received::happy", received, window)
    view.connect("close", lambda _: close(window))
    window.show_all()
    focus(window)
    # There is no window manager that would give the focus to whoever is presented.
    view.connect("grab-focus", lambda _: focus(window))
    windows.append(window)
    view.grab_focus()
    return view


def focus(window):
    window.get_window().raise_()
    window.get_window().focus(Gdk.CURRENT_TIME)


def close(window):
    windows.remove(window)
    window.destroy()
    if windows:
        focus(windows[-1])


def received(_, result, window):
    message = json.loads(result.get_js_value().to_json(0))
    settings = Gtk.Settings.get_default()
    if "fault" in message:
        print(json.dumps(message), flush=True)
    if "dark" in message:
        settings.set_property("gtk-application-prefer-dark-theme", message["dark"])
    if "still" in message:
        settings.set_property("gtk-enable-animations", not message["still"])
    if "size" in message:
        window.resize(*message["size"])


def started(_, session):
    info = WebKit2.ApplicationInfo()
    info.set_name("Happy Chat's tests")
    session.set_application_info(info)
    session.connect("create-web-view::window", open_window)
    session.connect("create-web-view::tab", open_window)


context = WebKit2.WebContext.new_ephemeral()
context.set_preferred_languages([language])
context.set_automation_allowed(True)
context.connect("automation-started", started)
Gtk.main()
