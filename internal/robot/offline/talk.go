package offline

import (
	"regexp"
	"strings"
)

var nudgesZh = []string{"我在呢，想问点什么？", "嗯？说说看，我能帮上什么忙？", "收到。要不要听个笑话？"}

var nudgesEn = []string{"I am here. What would you like to know?", "Yes? Tell me how I can help.", "Got it. Would you like to hear a joke?"}

// Hints for what was not understood. They offer one thing each.
var hintsZh = []string{
	"这个我还不会。不过算数我很拿手，比如问我“128乘以36”。",
	"我没太听懂。要不要试试“讲个笑话”？",
	"这个问题有点难倒我了。可以问我“今天农历几号”。",
	"嗯，我还答不上来。想记点事的话，说“20分钟后提醒我喝水”。",
	"我还在学习呢。换个试试：“5英里是多少公里”。",
	"抱歉，没明白。说“帮助”可以看到我会的所有事情。",
	"这个我帮不上忙，但我可以出个谜语给你猜，说“猜谜语”。",
	"没看懂，不过我可以帮你做决定：“帮我选 火锅 还是 烤肉”。",
	"我不太确定你的意思。想知道别处几点，可以问“纽约现在几点”。",
	"这个超出我的本事了。要不抽个签？说“抽签”就行。",
}

var hintsEn = []string{
	"That is beyond me. Sums are not, though: try “128 times 36”.",
	"I did not quite get that. Would you like to hear a joke? Say “tell me a joke”.",
	"You have stumped me. I do know the calendar: try “how many days until Christmas”.",
	"I have no answer to that. To remember something, say “remind me in 20 minutes to drink some water”.",
	"I am still learning. Try me on units: “5 miles in km”.",
	"Sorry, I did not understand. Say “help” to see everything I can do.",
	"I can not help with that, but I have a riddle for you. Say “riddle”.",
	"I did not follow. I can decide things for you, though: “choose pizza or sushi”.",
	"I am not sure what you mean. I can tell the time elsewhere: “time in Tokyo”.",
	"That is more than I can do. How about your fortune? Say “draw a lot”.",
}

const helpZh = `我会这些：
• 算数：“(3+5)*12”、“三加五”、“200打八折”
• 单位：“5英里是多少公里”、“3斤是多少公斤”
• 日期：“今天星期几”、“距离春节还有几天”、“2028年是闰年吗”
• 农历：“今天农历几号”、“农历八月十五是哪天”、“下一个节气”
• 时间：“现在几点”、“纽约现在几点”
• 提醒：“20分钟后提醒我喝水”、“每天早上7点提醒我起床”、“我的提醒”
• 运气：“掷骰子”、“抛硬币”、“抽签”、“石头剪刀布”、“帮我选 火锅 还是 烤肉”
• 解闷：“讲个笑话”、“猜谜语”
• 这台服务器和怎么用乐聊：“服务器怎么样”、“怎么加好友”`

const helpEn = `Here is what I can do:
• Sums: “(3+5)*12”, “15% of 80”, “square root of 81”
• Units: “5 miles in km”, “100 F in C”
• Dates: “what day is it”, “days until Christmas”, “is 2028 a leap year”
• The Chinese calendar: “lunar date today”, “when is Chinese New Year”, “zodiac of 1990”
• Time: “what time is it”, “time in Tokyo”
• Reminders: “remind me in 20 minutes to stretch”, “remind me every day at 7am to get up”, “my reminders”
• Luck: “roll two dice”, “flip a coin”, “draw a lot”, “rock paper scissors”, “choose pizza or sushi”
• Fun: “tell me a joke”, “riddle”
• This server, and how to use Happy Chat: “server status”, “how do I add a friend”`

// smallTalk is what people say for politeness, as the whole text.
type smallTalk struct {
	zh, en     []string
	toZh, toEn []string
}

var smallTalks = []smallTalk{
	{
		[]string{"你好", "您好", "嗨", "哈喽", "哈罗", "在吗", "在不在", "你好呀", "你好啊", "hi你好", "早", "早上好", "早安", "中午好", "下午好", "晚上好", "有人吗", "喂"},
		[]string{"hi", "hello", "hey", "hi there", "hello there", "hey there", "good morning", "good afternoon", "good evening", "yo", "howdy", "greetings", "morning", "anybody there", "are you there"},
		[]string{"你好呀，今天想做点什么？", "你好，很高兴见到你。", "嗨，我在。需要帮忙就说一声。"},
		[]string{"Hello, good to see you. What can I do for you?", "Hi. I am here if you need me.", "Hey, how can I help?"},
	},
	{
		[]string{"谢谢", "谢谢你", "多谢", "感谢", "谢啦", "谢了", "太感谢了", "非常感谢", "3q"},
		[]string{"thanks", "thank you", "thx", "ty", "thanks a lot", "thank you very much", "thank you so much", "cheers", "many thanks"},
		[]string{"不客气。", "别客气，随时叫我。", "能帮上忙我也高兴。"},
		[]string{"You are welcome.", "Any time.", "Glad to help."},
	},
	{
		[]string{"再见", "拜拜", "拜", "回见", "晚安", "下次见", "我走了", "88"},
		[]string{"bye", "goodbye", "good bye", "see you", "see you later", "good night", "bye bye", "later", "cya"},
		[]string{"再见，随时来找我。", "拜拜，祝你一切顺利。", "回头见，记得休息。"},
		[]string{"Goodbye, come back any time.", "See you. Take care.", "Bye for now."},
	},
	{
		[]string{"你是谁", "你叫什么", "你叫什么名字", "你是什么", "你是机器人吗", "你是真人吗", "介绍一下你自己", "自我介绍", "你是ai吗"},
		[]string{"who are you", "what are you", "what's your name", "what is your name", "are you a robot", "are you human", "are you real", "introduce yourself", "are you an ai", "are you a bot"},
		[]string{"我是%s，住在这台服务器里的机器人，不用联网也能答话。说“帮助”看看我会什么。"},
		[]string{"I am %s, a robot that lives on this server and answers without the internet. Say “help” to see what I can do."},
	},
	{
		[]string{"你好吗", "最近怎么样", "最近好吗", "过得怎么样", "你怎么样", "心情怎么样"},
		[]string{"how are you", "how are you doing", "how is it going", "how's it going", "what's up", "how do you do", "sup"},
		[]string{"我挺好的，电量充足。你呢？", "一切正常，齿轮都转得很顺。你今天怎么样？"},
		[]string{"I am fine, every cog in place. And you?", "Very well, thank you. How about you?"},
	},
	{
		[]string{"我很好", "挺好的", "还不错", "不错", "很好", "还行", "我也很好"},
		[]string{"i am fine", "i'm fine", "fine", "good", "great", "not bad", "i am good", "i'm good", "very well"},
		[]string{"那就好。", "听你这么说真好。"},
		[]string{"Good to hear.", "Lovely."},
	},
	{
		[]string{"我不开心", "我很难过", "难过", "不开心", "心情不好", "好累", "我好累", "累了", "烦死了", "好烦", "我想哭"},
		[]string{"i am sad", "i'm sad", "i am tired", "i'm tired", "i feel sad", "i feel bad", "i am unhappy", "i'm bored", "i am bored", "bored"},
		[]string{"抱抱你。先喝口水，慢慢呼吸三次；想听个笑话的话我随时都在。", "辛苦了。今天先对自己好一点，剩下的明天再说。"},
		[]string{"I am sorry to hear that. Have some water and take three slow breaths; if a joke would help, just say so.", "That sounds hard. Be kind to yourself today; the rest can wait until tomorrow."},
	},
	{
		[]string{"你真棒", "你真好", "厉害", "真厉害", "你好聪明", "聪明", "你真聪明", "好棒", "太棒了", "牛", "666", "赞"},
		[]string{"well done", "good job", "nice", "cool", "awesome", "you are great", "you're great", "good bot", "good robot", "you are smart", "clever", "amazing", "wow"},
		[]string{"过奖啦，我会继续加油。", "谢谢夸奖，螺丝都变亮了。"},
		[]string{"Thank you, my bolts are blushing.", "That is kind of you."},
	},
	{
		[]string{"你真笨", "笨蛋", "你好笨", "傻", "傻瓜", "你真傻", "没用", "笨"},
		[]string{"you are stupid", "stupid", "you're stupid", "dumb", "bad bot", "useless", "you are dumb", "idiot"},
		[]string{"我会的确实不多，会努力的。说“帮助”看看我擅长什么？", "抱歉没帮上忙，换个说法再试试？"},
		[]string{"There is a lot I can not do yet. Say “help” to see what I am good at.", "Sorry that I was no help. Could you put it another way?"},
	},
	{
		[]string{"我爱你", "我喜欢你", "喜欢你", "爱你"},
		[]string{"i love you", "love you", "i like you", "<3"},
		[]string{"谢谢，我的指示灯都变红了。", "我也很喜欢和你聊天。"},
		[]string{"Thank you, all my lights turned red.", "I like talking with you, too."},
	},
	{
		[]string{"生日快乐", "新年快乐", "春节快乐", "节日快乐", "中秋快乐", "圣诞快乐", "新年好", "过年好"},
		[]string{"happy birthday", "happy new year", "merry christmas", "happy holidays"},
		[]string{"同乐同乐，祝你天天开心。"},
		[]string{"And to you, too."},
	},
	{
		[]string{"哈哈", "哈哈哈", "哈哈哈哈", "嘿嘿", "呵呵", "嘻嘻", "笑死", "好笑", "笑死我了"},
		[]string{"haha", "hahaha", "lol", "hehe", "funny", "that's funny", "rofl"},
		[]string{"你笑我也开心。还要再来一个吗？说“再来一个”。", "看来今天心情不错。"},
		[]string{"I am glad you laughed. Say “another one” for more.", "It is nice to hear you laugh."},
	},
	{
		[]string{"好", "好的", "嗯", "嗯嗯", "哦", "行", "可以", "知道了", "明白", "ok", "好吧", "是的", "对", "是"},
		[]string{"ok", "okay", "alright", "sure", "yes", "yeah", "yep", "i see", "got it", "fine then", "k"},
		[]string{"好嘞。", "嗯，还有什么要我做的吗？"},
		[]string{"Alright.", "Good. Anything else?"},
	},
}

var reMention = regexp.MustCompile(`^(?:hi|hello|hey|ok|你好|嗨|哈喽)[,! ]*`)

// called is the text without the robot's name, if it is called by it.
func called(q *ask) string {
	name := strings.ToLower(q.Name)
	return bare(strings.TrimSuffix(strings.TrimPrefix(bare(q.plain), name), name))
}

// help tells what the robot can do.
func help(q *ask) (string, bool) {
	text := called(q)
	if is(text, "帮助", "帮忙", "help", "菜单", "功能", "你会什么", "你会做什么", "你能做什么", "你能干什么", "你会干什么", "你有什么功能", "怎么用", "怎么用你", "help me", "what can you do", "what can you do for me", "commands", "menu", "how do you work", "说明", "使用说明", "你都会什么", "/help", "/start", "start", "你会些什么", "能做什么") {
		return q.say(helpZh, helpEn), true
	}
	return "", false
}

// pleasantry answers what is said for politeness.
func pleasantry(q *ask) (string, bool) {
	text := called(q)
	if text == "" {
		return q.choose(pickList(q.zh, nudgesZh, nudgesEn)), true
	}
	trimmed := strings.TrimRight(text, "吧呀啊呢哦哈~ ")
	for _, t := range smallTalks {
		if !is(text, t.zh...) && !is(text, t.en...) && !is(trimmed, t.zh...) {
			continue
		}
		return strings.ReplaceAll(q.choose(pickList(q.zh, t.toZh, t.toEn)), "%s", q.Name), true
	}
	// “hi robot, what is 1+1” is a question with a greeting before it.
	if rest := reMention.ReplaceAllString(text, ""); rest != text && rest != "" {
		n := strings.LastIndex(q.plain, rest)
		from := len([]rune(q.plain[:n]))
		inner := *q
		inner.kept = q.kept[from:]
		inner.plain = q.plain[n:]
		for _, tool := range []func(*ask) (string, bool){riddle, joke, luck, calendar, conversion, sum, howTo} {
			if text, ok := tool(&inner); ok {
				return text, true
			}
		}
	}
	return "", false
}

// aboutServer tells whether the server is asked about.
func aboutServer(q *ask) bool {
	return has(q.plain, "服务器怎么样", "服务器状态", "服务器信息", "关于服务器", "关于这台服务器", "这个服务器", "这台服务器", "什么版本", "版本号", "运行多久", "运行了多久", "有多少人", "多少用户", "多少人在用",
		"server status", "about the server", "about this server", "server info", "which version", "what version", "uptime", "how many people", "how many users", "how long has the server", "how long have you been running", "server version") ||
		is(bare(q.plain), "版本", "服务器", "version", "server", "status", "状态")
}

// topic is something that people do in Happy Chat.
type topic struct {
	zh, en     []string // words that all or any have: see match
	toZh, toEn string
}

var topics = []topic{
	{[]string{"加好友", "添加好友", "加朋友", "找人", "添加朋友", "加人"}, []string{"add a friend", "add friends", "add somebody", "add someone", "find people", "find someone", "find a friend", "add contact"}, "在“通讯录”点右上角的加号，输入对方完整的用户名或邮箱，对方同意后就能聊天了。", "Open Contacts, press the plus sign, and type the whole user name or e-mail address of the person. When they accept, you can write to each other."},
	{[]string{"备注"}, []string{"remark", "nickname for", "rename a contact", "rename a friend"}, "在“通讯录”里点开这个人，可以设置备注。备注只有你自己看得到。", "Open the person in Contacts to set a remark. Only you see it."},
	{[]string{"删除好友", "删好友", "删除朋友"}, []string{"remove a friend", "delete a friend", "unfriend", "delete a contact"}, "在“通讯录”里点开这个人，选择删除。之前的聊天记录双方都还看得到。", "Open the person in Contacts and choose to remove them. What you wrote stays readable for both."},
	{[]string{"拉黑", "屏蔽", "黑名单"}, []string{"block someone", "block somebody", "block a", "blocking", "unblock"}, "在“通讯录”里点开这个人，选择拉黑。对方不会收到通知，也发不了消息给你；随时可以取消。", "Open the person in Contacts and choose Block. They are not told, and can not write to you; you can undo it at any time."},
	{[]string{"建群", "创建群", "群聊", "拉群", "发起群", "怎么加群", "加群"}, []string{"create a group", "make a group", "new group", "group chat", "start a group", "join a group"}, "在“消息”点加号选“发起群聊”，选好朋友就行。也可以用群号、邀请链接或二维码加入别的群。", "In Messages press the plus sign, choose a new group and pick your friends. Other groups can be joined by their number, a link or a QR code."},
	{[]string{"密码"}, []string{"password"}, "在“我的”里可以修改密码。忘记了的话，在登录页点“忘记密码”，用注册邮箱重设。", "You can change your password under Me. If you forgot it, use “Forgot password” on the sign-in page."},
	{[]string{"头像", "资料", "昵称", "改名字", "改名"}, []string{"profile", "avatar", "my picture", "change my name", "my name", "my photo"}, "在“我的”里可以修改名字、头像和其他资料。", "You can change your name, picture and profile under Me."},
	{[]string{"深色", "夜间模式", "主题", "黑暗模式"}, []string{"dark mode", "theme", "light mode"}, "在“我的”里可以切换浅色、深色，或跟随系统。", "Under Me you can switch between light and dark, or follow the system."},
	{[]string{"改语言", "切换语言", "换成英文", "语言设置"}, []string{"change language", "change the language", "switch language", "language setting"}, "在“我的”里可以切换中文和英文。", "You can switch between Chinese and English under Me."},
	{[]string{"退出登录", "登出", "退出账号", "注销登录", "其他设备"}, []string{"sign out", "log out", "logout", "other devices", "sign off"}, "在“我的”里可以退出登录，也能看到并退出其他设备。", "You can sign out under Me, where your other devices are listed, too."},
	{[]string{"发图片", "发照片", "发文件", "上传文件", "传文件"}, []string{"send a picture", "send pictures", "send a photo", "send a file", "send files", "upload"}, "在聊天里点输入框旁的加号，或者直接把图片、文件拖进来、粘贴进来。", "In a conversation press the plus sign beside the text field, or drop or paste pictures and files right into it."},
	{[]string{"没网", "断网", "离线", "没有网络", "发不出去"}, []string{"offline", "no internet", "not sent", "no network", "no connection"}, "没网也能打开看以前的消息；写的消息会先存着，一联网就自动发出去，不会丢也不会重复。", "You can read older messages without a network. What you write is kept and sent as soon as there is one; nothing is lost or sent twice."},
	{[]string{"安全吗", "隐私", "谁能看到", "加密"}, []string{"privacy", "private", "is it safe", "who can see", "encrypted", "secure"}, "你的消息存在这台服务器上，由这里的管理员负责，没有别的公司。要更放心，请用 https 地址打开。", "Your messages are kept on this very server, which its owner looks after; no other company is involved. Use its https address to be safe on the way."},
	{[]string{"联系管理员", "反馈", "举报", "投诉"}, []string{"contact the admin", "feedback", "report a", "complain", "who runs"}, "在“我的”里可以写反馈，管理员会看到。", "Write feedback under Me; the owner of this server reads it."},
}

// howToLength is how long a question about Happy Chat may be; what is longer is
// about something else.
const howToLength = 60

// howTo answers how something is done in Happy Chat.
func howTo(q *ask) (string, bool) {
	if len(q.kept) > howToLength {
		return "", false
	}
	asking := has(q.plain, "怎么", "如何", "怎样", "在哪", "哪里", "能不能", "可以", "吗", "?", "how", "where", "can i", "can you", "is it", "what is", "why", "who")
	for _, t := range topics {
		if !asking && !is(bare(q.plain), t.zh...) && !is(bare(q.plain), t.en...) {
			continue
		}
		if has(q.plain, t.zh...) || has(q.plain, t.en...) {
			return q.say(t.toZh, t.toEn), true
		}
	}
	return "", false
}
