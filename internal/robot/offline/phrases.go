package offline

import (
	"fmt"
	"strings"
	"time"
)

// Reminded confirms a reminder. foreign: the time is the server's, because the
// asker's zone is not known.
func Reminded(zh bool, r Remind, now time.Time, foreign bool) string {
	what := r.What
	if zh {
		if what != "" {
			what = "：" + what
		}
		text := "好的，" + momentText(r.At, now, true) + " 提醒你" + what + "。"
		if r.Every != Once {
			text = "好的，" + everyText(r, true) + "提醒你" + what + "。第一次是" + momentText(r.At, now, true) + "。"
		}
		if foreign {
			text += "（服务器所在时区的时间）"
		}
		return text
	}
	if what != "" {
		what = ": " + what
	}
	text := "Alright, I will remind you " + momentText(r.At, now, false) + what + "."
	if r.Every != Once {
		text = "Alright, I will remind you " + everyText(r, false) + what + ". The first time is " + momentText(r.At, now, false) + "."
	}
	if foreign {
		text += " (That is in the server's time zone.)"
	}
	return text
}

func everyText(r Remind, zh bool) string {
	at := timeText(r.At)
	switch r.Every {
	case Daily:
		return pick(zh, "每天 "+at+" ", "every day at "+at)
	case Workdays:
		return pick(zh, "每个工作日 "+at+" ", "on workdays at "+at)
	default:
		return pick(zh, "每周"+strings.TrimPrefix(zhWeekdays[r.At.Weekday()], "星期")+" "+at+" ", "every "+r.At.Weekday().String()+" at "+at)
	}
}

// TooManyReminders says that no more can be kept.
func TooManyReminders(zh bool, most int) string {
	return pick(zh, fmt.Sprintf("你已经有 %d 个提醒了，先取消几个吧。说“我的提醒”可以看到它们。", most), fmt.Sprintf("You have %d reminders already; cancel some first. Say “my reminders” to see them.", most))
}

// Reminders lists them.
func Reminders(zh bool, list []Remind, now time.Time) string {
	if len(list) == 0 {
		return pick(zh, "你现在没有提醒。想要一个的话，说“20分钟后提醒我喝水”。", "You have no reminders. To get one, say “remind me in 20 minutes to drink some water”.")
	}
	var b strings.Builder
	b.WriteString(pick(zh, "你的提醒：", "Your reminders:"))
	for i, r := range list {
		when := momentText(r.At, now, zh)
		if r.Every != Once {
			when = strings.TrimSpace(everyText(r, zh))
		}
		what := r.What
		if what == "" {
			what = pick(zh, "（没写内容）", "(nothing written)")
		}
		fmt.Fprintf(&b, "\n%d. %s%s%s", i+1, when, pick(zh, "，", ": "), what)
	}
	b.WriteString(pick(zh, "\n说“取消提醒 1”可以取消。", "\nSay “cancel reminder 1” to cancel one."))
	return b.String()
}

// Forgotten confirms that reminders were cancelled.
func Forgotten(zh bool, list []Remind, now time.Time) string {
	if len(list) == 1 {
		what := list[0].What
		if what == "" {
			what = momentText(list[0].At, now, zh)
		}
		return pick(zh, "已取消提醒：", "Cancelled: ") + what
	}
	return pick(zh, fmt.Sprintf("已取消 %d 个提醒。", len(list)), fmt.Sprintf("Cancelled %s.", count(len(list), "reminder")))
}

// WhichReminder asks which one to cancel, or says that there is no such.
func WhichReminder(zh bool, list []Remind, now time.Time) string {
	if len(list) == 0 {
		return pick(zh, "你现在没有提醒，不用取消。", "You have no reminders, so there is nothing to cancel.")
	}
	return pick(zh, "要取消哪一个？", "Which one?") + "\n" + Reminders(zh, list, now)
}

// Reminding is the reminder itself. late: it comes later than it should.
func Reminding(zh bool, what string, at time.Time, late bool) string {
	text := pick(zh, "⏰ 提醒：", "⏰ Reminder: ") + what
	if what == "" {
		text = pick(zh, "⏰ 时间到了", "⏰ It is time")
	}
	if late {
		text += pick(zh, fmt.Sprintf("（本该在 %s 提醒你，那时服务器没有运行）", timeText(at)), fmt.Sprintf(" (this was due at %s, while the server was not running)", timeText(at)))
	}
	return text
}

// Server is what there is to say about the server.
type Server struct {
	Name     string
	Version  string
	Up       time.Duration
	People   int
	Body     int    // the longest message
	Endpoint string // host name of where words go; empty if nowhere
}

// Facts tells about the server.
func Facts(zh bool, s Server) string {
	if zh {
		text := fmt.Sprintf("这里是%s，版本 %s，已经运行 %s，共有 %d 人。一条消息最长 %d 字。", s.Name, s.Version, spell(s.Up, true), s.People, s.Body)
		if s.Endpoint == "" {
			return text + "我自己就住在这台服务器上，你对我说的话不会离开它。"
		}
		return text + fmt.Sprintf("自由聊天时，你对我说的话会发给 %s 来回答。", s.Endpoint)
	}
	people := fmt.Sprintf("%d people are here", s.People)
	if s.People == 1 {
		people = "one person is here"
	}
	text := fmt.Sprintf("This is %s, version %s, up for %s; %s. A message can be up to %d characters long.", s.Name, s.Version, spell(s.Up, false), people, s.Body)
	if s.Endpoint == "" {
		return text + " I live on this very server: what you tell me does not leave it."
	}
	return text + fmt.Sprintf(" When we just talk, what you tell me goes to %s for an answer.", s.Endpoint)
}

// spell writes how long something took, in its two largest units.
func spell(d time.Duration, zh bool) string {
	days, hours, minutes := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60
	switch {
	case days > 0 && zh:
		return fmt.Sprintf("%d 天 %d 小时", days, hours)
	case days > 0:
		return count(days, "day") + " and " + count(hours, "hour")
	case hours > 0 && zh:
		return fmt.Sprintf("%d 小时 %d 分钟", hours, minutes)
	case hours > 0:
		return count(hours, "hour") + " and " + count(minutes, "minute")
	case zh:
		return fmt.Sprintf("%d 分钟", minutes)
	}
	return count(minutes, "minute")
}

// Greeting is the first thing that a new person reads.
func Greeting(zh bool, robot, person string) string {
	if zh {
		return "你好，" + person + "，我是" + robot + "，住在这里的机器人。我会算数、换算单位、看日历（农历也会）、讲笑话、出谜语、抽签掷骰子，还能准时提醒你。试试说“20分钟后提醒我喝水”，或者“今天农历几号”。说“帮助”可以看全部。"
	}
	return "Hello " + person + ", I am " + robot + ", the robot of this place. I can do sums, convert units, read the calendar (the Chinese one too), tell jokes and riddles, roll dice, and remind you of things. Try “remind me in 20 minutes to drink some water”, or “what is 15% of 80”. Say “help” for everything."
}

// WelcomeBack greets somebody who has removed the robot and asks for it again.
func WelcomeBack(zh bool) string {
	return pick(zh, "我回来啦。说“帮助”可以看看我会什么。", "Here I am again. Say “help” to see what I can do.")
}

// quoted is how much of somebody's own words is said again, in code points.
const quoted = 80

// Answered passes on what the owners of the server answered to somebody's
// feedback.
func Answered(zh bool, feedback, answer string) string {
	quote := []rune(strings.Join(strings.Fields(feedback), " "))
	if len(quote) > quoted {
		quote = append(quote[:quoted:quoted], '…')
	}
	return pick(zh, "你的反馈“"+string(quote)+"”有答复了：\n\n", "There is an answer to your feedback “"+string(quote)+"”:\n\n") + answer
}

// CannotSee answers what is no text.
func CannotSee(zh bool) string {
	return pick(zh, "我只认得文字，图片和文件我还看不懂。", "I can only read text; pictures and files I can not see.")
}

// stickerAnswers are what is said to stickers that ask for an answer of their
// own, in Chinese and in English.
var stickerAnswers = map[string][2]string{
	"hello":      {"👋 你好呀，见到你真高兴。", "👋 Hello, nice to see you."},
	"thanks":     {"😊 不客气。", "😊 You are welcome."},
	"sorry":      {"😊 没关系的。", "😊 Never mind."},
	"cry":        {"🤗 抱抱你，想说说发生了什么吗？", "🤗 Here is a hug. Do you want to tell me about it?"},
	"sad":        {"🤗 雨总会停的，我陪你聊聊。", "🤗 It will stop raining. I am here to talk."},
	"angry":      {"🍵 先喝口茶，慢慢说。", "🍵 Have some tea first, then tell me."},
	"tired":      {"☕ 辛苦了，休息一会儿吧。", "☕ That was a lot. Take a break."},
	"sleep":      {"🌙 晚安，做个好梦。", "🌙 Good night, sweet dreams."},
	"good-night": {"🌙 晚安，做个好梦。", "🌙 Good night, sweet dreams."},
	"birthday":   {"🎂 生日快乐！愿你天天开心。", "🎂 Happy birthday! Have a lovely day."},
	"lucky":      {"🧧 恭喜发财，万事如意。", "🧧 Good luck to you too."},
	"coffee":     {"☕ 我以电代咖啡，干杯。", "☕ I run on electricity, but cheers."},
	"on-my-way":  {"🏃 路上小心，我等你。", "🏃 Take care on the way, I am waiting."},
}

// Sticker answers a sticker: by what it says, since a picture can not be seen.
func Sticker(zh bool, key, emoji string) string {
	if own, ok := stickerAnswers[key]; ok {
		return pick(zh, own[0], own[1])
	}
	return pick(zh, emoji+" 收到你的贴纸啦，有什么我能帮忙的，打字告诉我就好。", emoji+" Nice sticker. If I can help with anything, just write it to me.")
}

// SlowDown asks for a pause.
func SlowDown(zh bool) string {
	return pick(zh, "你说得太快啦，我有点跟不上，过一分钟再聊吧。", "You are too fast for me. Let us go on in a minute.")
}

// Away says why the endpoint did not answer.
type Away int

// The reasons.
const (
	Unreachable Away = iota
	Slow
	Busy
	Refused
	OverBudget
)

// Instead is put before an answer that the endpoint should have given.
func Instead(zh bool, why Away, answer string) string {
	reasons := map[Away][2]string{
		Unreachable: {"（语言模型现在连不上，我先自己回答。）", "(The language model can not be reached just now, so this is my own answer.)"},
		Slow:        {"（语言模型反应太慢，我先自己回答。）", "(The language model is too slow just now, so this is my own answer.)"},
		Busy:        {"（语言模型现在很忙，我先自己回答。）", "(The language model is busy just now, so this is my own answer.)"},
		Refused:     {"（语言模型拒绝了请求，管理员可以看一下日志。我先自己回答。）", "(The language model refused, which its operator can see in the log. This is my own answer.)"},
		OverBudget:  {"（你今天的智能回答次数用完了，明天会恢复。我先自己回答。）", "(You have used up today's answers of the language model; there will be more tomorrow. This is my own answer.)"},
	}
	return pick(zh, reasons[why][0], reasons[why][1]) + "\n" + answer
}

// Interrupted is put behind words that were not finished.
func Interrupted(zh bool) string {
	return pick(zh, "……（说到一半断了）", "… (interrupted)")
}
