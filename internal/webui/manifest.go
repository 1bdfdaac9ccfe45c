package webui

import (
	"encoding/json"
	"net/http"

	"golang.org/x/text/language"
)

// manifestName is where browsers find what the app is called and looks like once
// it is installed (https://www.w3.org/TR/appmanifest/).
const manifestName = "manifest.webmanifest"

type manifest struct {
	ID              string        `json:"id"`
	Name            string        `json:"name"`
	ShortName       string        `json:"short_name"`
	Description     string        `json:"description"`
	Lang            string        `json:"lang"`
	StartURL        string        `json:"start_url"`
	Scope           string        `json:"scope"`
	Display         string        `json:"display"`
	BackgroundColor string        `json:"background_color"`
	ThemeColor      string        `json:"theme_color"`
	Categories      []string      `json:"categories"`
	Icons           []icon        `json:"icons"`
	ShareTarget     shareTarget   `json:"share_target"`
	FileHandlers    []fileHandler `json:"file_handlers"`
	LaunchHandler   launchHandler `json:"launch_handler"`
}

type icon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose"`
}

type shareTarget struct {
	Action  string      `json:"action"`
	Method  string      `json:"method"`
	Enctype string      `json:"enctype"`
	Params  shareParams `json:"params"`
}

type shareParams struct {
	Title string       `json:"title"`
	Text  string       `json:"text"`
	URL   string       `json:"url"`
	Files []shareFiles `json:"files"`
}

type shareFiles struct {
	Name   string   `json:"name"`
	Accept []string `json:"accept"`
}

type fileHandler struct {
	Action string              `json:"action"`
	Accept map[string][]string `json:"accept"`
}

type launchHandler struct {
	ClientMode string `json:"client_mode"`
}

var manifestLanguages = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// newManifest makes the manifest of an installation that is called name, or after
// the product.
func newManifest(name string, tag language.Tag) manifest {
	m := manifest{
		ID: "/", StartURL: "/", Scope: "/", Display: "standalone",
		BackgroundColor: "#fbfcfe", ThemeColor: "#0068e8", Categories: []string{"social", "communication"},
		Icons: []icon{
			{"/icons/icon-192.png", "192x192", "image/png", "any"},
			{"/icons/icon-512.png", "512x512", "image/png", "any"},
			{"/icons/maskable-512.png", "512x512", "image/png", "maskable"},
			{"/icons/badge-96.png", "96x96", "image/png", "monochrome"},
		},
		ShareTarget: shareTarget{
			Action: "/share", Method: http.MethodPost, Enctype: "multipart/form-data",
			Params: shareParams{Title: "title", Text: "text", URL: "url", Files: []shareFiles{{"files", []string{"*/*"}}}},
		},
		FileHandlers: []fileHandler{{
			Action: "/share",
			Accept: map[string][]string{
				"image/*":         {".jpg", ".jpeg", ".png", ".gif", ".webp"},
				"video/*":         {".mp4", ".webm", ".mov"},
				"application/pdf": {".pdf"},
				"application/zip": {".zip"},
			},
		}},
		LaunchHandler: launchHandler{ClientMode: "navigate-existing"},
	}
	if base, _ := tag.Base(); base.String() == "zh" {
		m.Lang, m.Name, m.ShortName = "zh-CN", "乐聊", "乐聊"
		m.Description = "我们自己的聊天：好友、群聊、图片和机器人。"
	} else {
		m.Lang, m.Name, m.ShortName = "en", "Happy Chat", "Happy Chat"
		m.Description = "A messenger of our own: friends, groups, pictures and a robot."
	}
	if name != "" {
		m.Name, m.ShortName = name, name
	}
	return m
}

func (h *Handler) serveManifest(w http.ResponseWriter, r *http.Request) {
	tag, _ := language.MatchStrings(manifestLanguages, r.Header.Get("Accept-Language"))
	body, err := json.Marshal(newManifest(h.name, tag))
	if err != nil {
		http.Error(w, "This file cannot be made.", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	header.Set("Content-Type", contentTypes[".webmanifest"])
	header.Set("Cache-Control", "no-cache")
	header.Set("Vary", "Accept-Language")
	_, _ = w.Write(body) // a reader who went away is no error
}
