package webui

// downloadWords are those of the page for downloads, in one language.
type downloadWords struct {
	Lang, Other, OtherLang            string // this language, the other's own name and tag
	App, Title, Text                  string
	Android, Get, Steps, Step1, Step2 string
	Step3, Installed, Open, Check     string
	NotInside, NotInsideText          string
	Browser, BrowserText, ToApp       string
	Code, CodeText, CodeLabel, NoCode string
}

// The keys are primary language subtags (RFC 5646).
var downloadLanguages = map[string]downloadWords{
	"en": {
		Lang: "en", Other: "简体中文", OtherLang: "zh-CN",
		App: "Happy Chat", Title: "Happy Chat on your phone", Text: "All of your conversations, on every device.",
		Android: "Android", Get: "Download the app", Steps: "How to install it",
		Step1:     "Open the downloaded file. Your phone asks whether the browser may install apps: allow it.",
		Step2:     "Choose Install. Your phone may say that it does not know the app: it comes from this server and from no store.",
		Step3:     "Open Happy Chat and enter the address:",
		Installed: "Installed already?", Open: "Open in the app", Check: "SHA-256 of the file",
		NotInside: "There is no app on this server", NotInsideText: "Whoever runs the server can put it there. Until then, the browser does the same.",
		Browser: "iPhone, iPad and everything else", BrowserText: "Use the browser. To have it among your apps, choose “Add to Home Screen” in the browser’s menu.", ToApp: "Open Happy Chat",
		Code: "Scan with your phone", CodeText: "The camera opens this page there.", CodeLabel: "QR code of this page",
		NoCode: "To see a code for your phone here, open this page under the address by which other devices reach the server.",
	},
	"zh": {
		Lang: "zh-CN", Other: "English", OtherLang: "en",
		App: "乐聊", Title: "在手机上用乐聊", Text: "所有聊天，在每台设备上都能看到。",
		Android: "安卓", Get: "下载应用", Steps: "如何安装",
		Step1:     "打开下载好的文件。手机会问是否允许浏览器安装应用，请选择允许。",
		Step2:     "点“安装”。手机可能提示未知应用：它来自这台服务器，没有经过应用商店。",
		Step3:     "打开乐聊，填写服务器地址：",
		Installed: "已经装好了？", Open: "在应用中打开", Check: "文件的 SHA-256",
		NotInside: "这台服务器上没有应用", NotInsideText: "搭建服务器的人可以把它放上来。在那之前，用浏览器也一样。",
		Browser: "iPhone、iPad 和其他设备", BrowserText: "直接用浏览器打开。想放到桌面，请在浏览器菜单中选择“添加到主屏幕”。", ToApp: "打开乐聊",
		Code: "用手机扫一扫", CodeText: "用相机扫描，即可在手机上打开本页。", CodeLabel: "本页的二维码",
		NoCode: "想在这里看到给手机扫的二维码，请用其他设备能访问的服务器地址打开本页。",
	},
}
