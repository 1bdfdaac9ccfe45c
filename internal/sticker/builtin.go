package sticker

// Builtin is a sticker of the pack that comes with the program. Apps draw it;
// the server knows what it says.
type Builtin struct {
	Key   string
	Emoji string
	// English and Chinese name it, for those who do not see it.
	English, Chinese string
}

// Builtins is the pack, in the order in which it is shown.
var Builtins = []Builtin{
	{"hello", "👋", "hello", "你好"},
	{"thanks", "🙏", "thank you", "谢谢"},
	{"laugh", "😂", "laughing", "大笑"},
	{"love", "😍", "love", "爱了"},
	{"hug", "🤗", "hug", "抱抱"},
	{"thumbs-up", "👍", "well done", "真棒"},
	{"ok", "👌", "all right", "好的"},
	{"clap", "👏", "applause", "鼓掌"},
	{"party", "🎉", "party time", "庆祝"},
	{"birthday", "🎂", "happy birthday", "生日快乐"},
	{"wow", "😮", "wow", "哇"},
	{"cool", "😎", "cool", "酷"},
	{"think", "🤔", "thinking", "想一想"},
	{"shy", "😊", "shy", "害羞"},
	{"sorry", "🙇", "sorry", "对不起"},
	{"cry", "😭", "crying", "大哭"},
	{"sad", "🌧️", "sad", "难过"},
	{"angry", "😡", "angry", "生气"},
	{"tired", "🥱", "tired", "累了"},
	{"sleep", "😴", "sleeping", "睡着了"},
	{"good-night", "🌙", "good night", "晚安"},
	{"coffee", "☕", "coffee time", "喝杯咖啡"},
	{"on-my-way", "🏃", "on my way", "在路上"},
	{"lucky", "🧧", "good luck", "恭喜发财"},
}

var byKey = func() map[string]Builtin {
	m := make(map[string]Builtin, len(Builtins))
	for _, b := range Builtins {
		m[b.Key] = b
	}
	return m
}()

// BuiltIn gives the built-in sticker of a key, if there is one.
func BuiltIn(key string) (Sticker, bool) {
	b, ok := byKey[key]
	return Sticker{Key: b.Key, Emoji: b.Emoji}, ok
}

// Words tells what a sticker shows, where no picture can be: in a language of
// accounts.
func Words(language, key, emoji string) string {
	b, known := byKey[key]
	if language == "zh-CN" {
		if !known {
			return "[贴纸：" + emoji + "]"
		}
		return "[贴纸：" + b.Chinese + "]"
	}
	if !known {
		return "[sticker: " + emoji + "]"
	}
	return "[sticker: " + b.English + "]"
}
