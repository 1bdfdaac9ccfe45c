package offline_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/happychat/happychat/internal/robot/offline"
)

// now is a Wednesday, 15:20 in Shanghai.
var now = time.Date(2026, time.March, 4, 15, 20, 0, 0, shanghai())

func shanghai() *time.Location {
	loc, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return loc
}

func ask(text string, before ...offline.Turn) offline.Answer {
	return offline.Reply(offline.Question{
		Text: text, Now: now, ZoneKnown: true, Random: rand.New(rand.NewPCG(1, 2)), Before: before, Name: "乐乐",
	})
}

// An answer is the text, or a part of it behind "…".
func TestAnswers(t *testing.T) {
	for text, want := range map[string]string{
		// Sums.
		"1+1":                   "1+1 = 2",
		"1+1=?":                 "1+1 = 2",
		"１＋１＝？":                 "…１＋１ = 2",
		"what is 15% of 80?":    "15% of 80 = 12",
		"What's 12 times 12":    "12 times 12 = 144",
		"计算 (3+5)*12":           "(3+5)*12 = 96",
		"三加五等于几":                "三加五 = 8",
		"25乘以4是多少？":             "25乘以4 = 100",
		"10除以3":                 "10除以3 ≈ 3.33333333333（10/3）",
		"1/3":                   "1/3 ≈ 0.333333333333 (1/3)",
		"请问 100 除以 7 等于多少":      "…14.2857142857（100/7）",
		"200打八折":                "…= 160",
		"100元打八五折":              "…= 85",
		"1/0":                   "Nothing can be divided by zero.",
		"一除以零":                  "除数不能是零哦。",
		"根号2":                   "根号2 ≈ 1.41421356237",
		"9^9^9":                 "…too large…",
		"the square root of -4": "…no real number…",
		"hi, what is 2+2":       "…2+2 = 4",
		"2 + 2 =":               "2 + 2 = 4",
		"12萬加3":                 "…120003",
		// Units.
		"5 miles in km":               "5 miles = 8.04672 km",
		"How many feet are in a mile": "1 mile = 5280 feet",
		"3斤是多少公斤":                     "3 斤 = 1.5 千克",
		"37摄氏度等于多少华氏度？":               "37 ℃ = 98.6 ℉",
		"100華氏度是多少攝氏度":                "…37.77778 ℃",
		"1畝等於多少平方米":                   "…666.6667 平方米",
		"5 km in kg":                  "…measure different things…",
		// Days.
		"今天星期几":                                   "2026年3月4日 星期三，农历…",
		"what day is it today":                    "Wednesday, 4 March 2026…",
		"明天几号":                                    "2026年3月5日 星期四（惊蛰）…",
		"2026年10月1日是星期几":                          "2026年10月1日 星期四（国庆节）…",
		"二〇二六年十月一日星期几":                            "2026年10月1日 星期四…",
		"what day of the week is 2026-12-25":      "Friday, 25 December 2026 (Christmas)…",
		"2026-12-25":                              "Friday, 25 December 2026 (Christmas)…",
		"what day was July 20, 1969":              "Sunday, 20 July 1969…",
		"距离春节还有几天":                                "距离春节（2027年2月6日 星期六）还有 339 天。",
		"还有多少天到国庆节":                               "距离国庆节（2026年10月1日 星期四）还有 211 天。",
		"离圣诞节还有多久":                                "距离圣诞节（2026年12月25日 星期五）还有 296 天。",
		"how many days until Christmas?":          "296 days to go until Christmas (Friday, 25 December 2026).",
		"days until 2026-03-05":                   "1 day to go until Thursday, 5 March 2026.",
		"2026年3月1日到2026年5月1日有多少天":                 "…61 天。",
		"从元旦到国庆有多少天":                              "…273 天。",
		"days between 2026-03-01 and 2026-03-31":  "…it is 30 days.",
		"how many days from March 10 to April 10": "…it is 31 days.",
		"2028年是闰年吗":                               "是的，2028年是闰年，二月有29天。",
		"is 2100 a leap year":                     "No, 2100 is not a leap year. The next one is 2104.",
		"2026年2月30日是星期几":                          "…不存在…",
		"30天后是几号":                                 "2026年4月3日 星期五…",
		"what date is 2 weeks from now":           "Wednesday, 18 March 2026…",
		"下周五是几号":                                  "2026年3月13日 星期五…",
		"今年第几周":                                   "…第 10 周。",
		"母亲节是哪天":                                  "母亲节是2026年5月10日 星期日…",
		"when is easter":                          "Easter is on Sunday, 5 April 2026…",
		"when is thanksgiving 2027":               "Thanksgiving is on Thursday, 25 November 2027…",
		// The Chinese calendar.
		"今天农历几号":                        "2026年3月4日 星期三，农历丙午年（马年）正月十六。就是今天。",
		"今天農曆幾號":                        "…正月十六…",
		"lunar date today":              "…the 16th day of the 1st lunar month, in the year of the Horse…",
		"农历八月十五是哪天":                     "2026年9月25日 星期五（中秋节）…",
		"2027年农历正月初一是几号":                "2027年2月6日 星期六（春节）…",
		"今年端午节是几号":                      "端午节是2026年6月19日 星期五…",
		"2027年春节是哪天":                    "春节是2027年2月6日…",
		"when is Chinese New Year 2027": "Chinese New Year is on Saturday, 6 February 2027…",
		"除夕是哪天":                         "除夕是2027年2月5日…",
		"农历闰五月初一是哪天":                    "2028年6月23日…",
		"清明节是几月几号":                      "清明节是2026年4月5日…",
		"冬至是哪天":                         "冬至是2026年12月22日…",
		"下一个节气是什么":                      "下一个节气是惊蛰，2026年3月5日 星期四，还有 1 天。",
		"next solar term":               "The next solar term is Awakening of Insects (惊蛰)…",
		"1990年属什么":                      "1990年是农历庚午年，属马…",
		"今年属什么":                         "2026年是农历丙午年，属马…",
		"zodiac of 1984":                "1984 is the year of the Rat (甲子)…",
		"我属什么":                          "你是哪年出生的…",
		"2200年农历正月初一是几号":                "…1900到2100年…",
		// Time.
		"现在几点":                         "现在是 15:20，2026年3月4日 星期三。",
		"几点了？":                         "现在是 15:20…",
		"what time is it?":             "It is 15:20, Wednesday, 4 March 2026.",
		"纽约现在几点":                       "纽约现在是 02:20，2026年3月4日 星期三。比你那里晚 13 小时。",
		"time in Tokyo":                "In Tokyo it is 16:20, Wednesday, 4 March 2026. That is 1 hour ahead of you.",
		"what time is it in New Delhi": "In New Delhi it is 12:50… 2 hours and 30 minutes behind you.",
		// Luck.
		"掷骰子":                          "🎲 …",
		"roll two dice":                "🎲 …in all",
		"3d6":                          "🎲 …in all",
		"roll 2d20":                    "🎲 …in all",
		"掷三个骰子":                        "🎲 …一共…",
		"roll 99d6":                    "…up to 20 dice…",
		"抛硬币":                          "🪙 …面",
		"flip a coin":                  "🪙 …",
		"抽签":                           "🎋 …签：…",
		"draw a lot":                   "🎋 …luck: …",
		"石头剪刀布":                        "来吧，你先出…",
		"石头":                           "我…",
		"paper":                        "…",
		"帮我选 火锅 还是 烤肉":                 "…：…",
		"今天吃火锅还是烤肉？":                   "…：…",
		"choose pizza or sushi":        "…: …",
		"should I have tea or coffee?": "…: …",
		"从张三、李四里选一个":                   "…：…",
		"请在红、蓝、绿中随机挑一种":                 "…：…",
		"选一个：苹果、梨、香蕉":                   "…：…",
		"随机 1到10":                       "1 到 10 之间，我抽到 …",
		"pick a number between 5 and 5": "Between 5 and 5, I drew 5",
		// Talk.
		"你好":                     "…",
		"Hello!":                 "…",
		"谢谢～":                    "…",
		"帮助":                     "我会这些：…",
		"HELP":                   "Here is what I can do:…",
		"你是谁？":                   "我是乐乐…",
		"what is your name?":     "I am 乐乐…",
		"乐乐":                     "…",
		"?":                      "…",
		"😀":                      "…",
		"怎么加好友":                  "在“通讯录”…",
		"how do I add a friend?": "Open Contacts…",
		"如何修改密码":                 "在“我的”里…",
		"讲个笑话":                   "…",
		"tell me a joke":         "…",
		"猜谜语":                    "🧩 谜语：…",
		"riddle":                 "🧩 Riddle: …",
	} {
		got := ask(text)
		if !got.Sure || !like(got.Text, want) {
			t.Errorf("%q is answered by %q (sure: %v), want %q", text, got.Text, got.Sure, want)
		}
		if again := ask(text); again != got {
			t.Errorf("%q is answered by %q and by %q with the same luck", text, got.Text, again.Text)
		}
	}
}

// like compares with a text in which … stands for anything.
func like(got, want string) bool {
	parts := strings.Split(want, "…")
	if len(parts) == 1 {
		return got == want
	}
	if !strings.HasPrefix(got, parts[0]) || !strings.HasSuffix(got, parts[len(parts)-1]) {
		return false
	}
	for _, p := range parts {
		i := strings.Index(got, p)
		if i < 0 {
			return false
		}
		got = got[i+len(p):]
	}
	return true
}

func TestReminders(t *testing.T) {
	for text, want := range map[string]string{
		"20分钟后提醒我喝水":                                       "03-04 15:40 喝水",
		"提醒我20分钟后喝水":                                       "03-04 15:40 喝水",
		"半小时后叫我起床":                                         "03-04 15:50 起床",
		"一个半小时后提醒我关火":                                      "03-04 16:50 关火",
		"过十分钟提醒我看锅":                                        "03-04 15:30 看锅",
		"提醒我三天后交房租":                                        "03-07 15:20 交房租",
		"两小时后提醒我":                                          "03-04 17:20 ",
		"兩小時後提醒我開會":                                        "03-04 17:20 開會",
		"30秒后提醒我":                                          "03-04 15:20 ",
		"明天早上8点提醒我开会":                                      "03-05 08:00 开会",
		"明早8点半提醒我开会":                                       "03-05 08:30 开会",
		"提醒我明天下午三点一刻去医院":                                   "03-05 15:15 去医院",
		"今晚8点提醒我看球":                                        "03-04 20:00 看球",
		"提醒我今晚看球":                                          "03-04 20:00 看球",
		"5点提醒我接孩子":                                         "03-04 17:00 接孩子",
		"晚上12点提醒我睡觉":                                       "03-05 00:00 睡觉",
		"14:30提醒我打电话":                                      "03-05 14:30 打电话",
		"18:05提醒我打电话":                                      "03-04 18:05 打电话",
		"3月10日提醒我给妈妈打电话":                                   "03-10 09:00 给妈妈打电话",
		"下周三下午3点提醒我交报告":                                    "03-11 15:00 交报告",
		"后天中午提醒我吃药":                                        "03-06 12:00 吃药",
		"明天提醒我买今天的报纸":                                      "03-05 09:00 买今天的报纸",
		"每天早上7点半提醒我起床":                                     "day 03-05 07:30 起床",
		"每周一9点提醒我周会":                                       "week 03-09 09:00 周会",
		"每个工作日18点提醒我下班":                                    "workday 03-04 18:00 下班",
		"每晚10点提醒我睡觉":                                       "day 03-04 22:00 睡觉",
		"remind me in 20 minutes to drink water":           "03-04 15:40 drink water",
		"Remind me to Call Mom in 2 hours":                 "03-04 17:20 Call Mom",
		"in half an hour remind me to turn it off":         "03-04 15:50 turn it off",
		"remind me in an hour and 30 minutes to go":        "03-04 16:50 go",
		"remind me tomorrow at 8am to call the bank":       "03-05 08:00 call the bank",
		"remind me at 5pm to leave":                        "03-04 17:00 leave",
		"remind me at 5 to leave":                          "03-04 17:00 leave",
		"remind me at 9:15 pm about the show":              "03-04 21:15 the show",
		"remind me to water the plants on Friday at 18:00": "03-06 18:00 water the plants",
		"remind me next monday to send the report":         "03-09 09:00 send the report",
		"remind me on March 10 at noon to eat":             "03-10 12:00 eat",
		"remind me tonight to lock the door":               "03-04 21:00 lock the door",
		"remind me tomorrow morning to run":                "03-05 09:00 run",
		"remind me every day at 7:30 to get up":            "day 03-05 07:30 get up",
		"remind me every monday at 9am to plan":            "week 03-09 09:00 plan",
		"remind me every weekday at 6pm to go home":        "workday 03-04 18:00 go home",
		"set an alarm for 6am":                             "03-05 06:00 ",
		"set a timer for 10 minutes":                       "03-04 15:30 ",
		"wake me up in 8 hours":                            "03-04 23:20 ",
		"please remind me in 3 days to pay":                "03-07 15:20 pay",
		"提醒我喝水":                                            "text …什么时候…",
		"remind me to drink":                               "text …when?…",
		"昨天提醒我":                                            "text …过去…",
		"今天早上8点提醒我":                                        "text …已经过了…",
		"100年后提醒我":                                         "text …五年…",
		"提醒我25点开会":                                         "text …没看懂…",
		"2月30日提醒我":                                         "text …不存在…",
		"我的提醒":                                             "list",
		"有哪些提醒":                                            "list",
		"my reminders":                                     "list",
		"list all reminders":                               "list",
		"取消提醒 2":                                           "forget 2",
		"取消第一个提醒":                                          "forget 1",
		"取消提醒":                                             "forget 0",
		"取消所有提醒":                                           "forget all",
		"cancel reminder 3":                                "forget 3",
		"delete all my reminders":                          "forget all",
	} {
		got := ask(text)
		var have string
		switch do := got.Do.(type) {
		case offline.Remind:
			have = do.At.Format("01-02 15:04 ") + do.What
			if do.Every != offline.Once {
				have = string(do.Every) + " " + have
			}
		case offline.ListReminders:
			have = "list"
		case offline.ForgetReminder:
			have = "forget " + string(rune('0'+do.Number))
			if do.All {
				have = "forget all"
			}
		case nil:
			have = "text " + got.Text
		}
		if !got.Sure || !like(have, want) {
			t.Errorf("%q asks for %q, want %q", text, have, want)
		}
	}
}

func TestNext(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		tm, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return tm
	}
	for _, tt := range []struct {
		every           offline.Every
		at, after, want string
	}{
		{offline.Daily, "2026-03-28 08:00", "2026-03-28 08:00", "2026-03-29 08:00"}, // clocks change in the night
		{offline.Daily, "2026-03-01 08:00", "2026-06-10 09:00", "2026-06-11 08:00"},
		{offline.Weekly, "2026-03-02 08:00", "2026-03-02 08:00", "2026-03-09 08:00"},
		{offline.Weekly, "2026-03-02 08:00", "2026-04-01 08:00", "2026-04-06 08:00"},
		{offline.Workdays, "2026-03-06 18:00", "2026-03-06 18:00", "2026-03-09 18:00"},
		{offline.Workdays, "2026-03-06 18:00", "2026-05-01 19:00", "2026-05-04 18:00"},
		{offline.Once, "2026-03-06 18:00", "2026-03-06 18:00", ""},
	} {
		got := ""
		if next, ok := tt.every.Next(at(tt.at), at(tt.after)); ok {
			got = next.Format("2006-01-02 15:04")
		}
		if got != tt.want {
			t.Errorf("%q of %s after %s is %s, want %s", tt.every, tt.at, tt.after, got, tt.want)
		}
	}
}

func TestServer(t *testing.T) {
	for _, text := range []string{"服务器怎么样", "server status", "version", "有多少人在用"} {
		if got := ask(text); got.Do != (offline.TellServer{}) {
			t.Errorf("%q is answered by %+v", text, got)
		}
	}
}

// What is not understood gets a hint, never the same twice in a row.
func TestHints(t *testing.T) {
	for _, texts := range [][]string{{"瑞士的首都和历史", "给我写一首诗", "量子力学是什么"}, {"write me a poem", "the meaning of life", "quux"}} {
		random := rand.New(rand.NewPCG(3, 4))
		var before []offline.Turn
		last := ""
		seen := map[string]bool{}
		for i := range 60 {
			text := texts[i%len(texts)]
			got := offline.Reply(offline.Question{Text: text, Now: now, Random: random, Before: before})
			if got.Sure || got.Do != nil {
				t.Fatalf("%q is answered by %+v", text, got)
			}
			if got.Text == last {
				t.Fatalf("the same hint twice: %s", last)
			}
			last = got.Text
			seen[last] = true
			before = append(before, offline.Turn{Text: text}, offline.Turn{Robot: true, Text: last})
			before = before[max(0, len(before)-20):]
		}
		if len(seen) < 8 {
			t.Errorf("only %d hints", len(seen))
		}
	}
}

// The language is that of the text, and of the asker where it has none.
func TestLanguage(t *testing.T) {
	for _, tt := range []struct {
		text    string
		asker   bool
		chinese bool
	}{{"你好", false, true}, {"hello", true, false}, {"1+1", true, true}, {"1+1", false, false}, {"?", true, true}, {"3km 是几里", false, true}} {
		got := offline.Reply(offline.Question{Text: tt.text, Chinese: tt.asker, Now: now, Random: rand.New(rand.NewPCG(1, 1))})
		if got.Chinese != tt.chinese {
			t.Errorf("%q of somebody Chinese (%v) is answered in Chinese: %v", tt.text, tt.asker, got.Chinese)
		}
	}
}

// A riddle lives in what was said, in no memory.
func TestRiddles(t *testing.T) {
	var before []offline.Turn
	say := func(text string) string {
		got := offline.Reply(offline.Question{Text: text, Now: now, Random: rand.New(rand.NewPCG(7, uint64(len(before)))), Before: before})
		before = append(before, offline.Turn{Text: text}, offline.Turn{Robot: true, Text: got.Text})
		return got.Text
	}
	if got := say("猜谜语"); !like(got, "🧩 谜语：…") {
		t.Fatal(got)
	}
	if got := say("恐龙"); !like(got, "…再…") && !like(got, "…试试…") {
		t.Errorf("a wrong guess: %s", got)
	}
	if got := say("1+1"); got != "1+1 = 2" {
		t.Errorf("a sum in between: %s", got)
	}
	if got := say("猜谜语"); !like(got, "🧩 谜语：…") {
		t.Fatal(got)
	}
	answer := say("答案")
	if !like(answer, "谜底是：…。") {
		t.Errorf("the answer: %s", answer)
	}
	if got := say("再来一个"); !like(got, "🧩 谜语：…") {
		t.Errorf("another: %s", got)
	}
	if got := say("不知道"); !like(got, "谜底是：…") {
		t.Errorf("giving up: %s", got)
	}

	before = nil
	first := say("riddle")
	answer = strings.TrimSuffix(strings.TrimPrefix(say("I give up"), "The answer: "), ".")
	before = []offline.Turn{{Robot: true, Text: first}}
	if got := say("Is it " + answer + "?"); !like(got, "That is right: …") {
		t.Errorf("%s, and the right guess %s: %s", first, answer, got)
	}
	before = []offline.Turn{{Robot: true, Text: first}}
	if got := say("a green dinosaur"); like(got, "That is right…") || like(got, "🧩…") {
		t.Errorf("a wrong guess: %s", got)
	}
	before = nil
	if got := say("谜底"); !like(got, "现在没有谜语…") {
		t.Errorf("no riddle: %s", got)
	}
}

// Jokes do not come again soon.
func TestJokes(t *testing.T) {
	for _, texts := range [][2]string{{"讲个笑话", "再来一个"}, {"tell me a joke", "another one"}} {
		var before []offline.Turn
		told := map[string]bool{}
		for i := range 40 {
			text := texts[min(i, 1)]
			got := offline.Reply(offline.Question{Text: text, Now: now, Random: rand.New(rand.NewPCG(5, uint64(i))), Before: before})
			if told[got.Text] || !got.Sure {
				t.Fatalf("joke %d: %q", i, got.Text)
			}
			told[got.Text] = true
			before = append(before, offline.Turn{Robot: true, Text: got.Text})
		}
	}
}

// Nothing that is said takes long or panics, and there always is an answer.
func FuzzReply(f *testing.F) {
	for _, s := range []string{"1+1", "20分钟后提醒我喝水", "remind me at 5 to go", "农历闰二月三十", "3d6", "帮我选 a 还是 b", "5 km in miles", "从今天到明天有几天", "2026-02-30", "\xff\x00", "每周日提醒", "remind me in 999999 days"} {
		f.Add(s, "🧩 谜语：")
	}
	f.Fuzz(func(t *testing.T, s, before string) {
		got := offline.Reply(offline.Question{Text: s, Now: now, Random: rand.New(rand.NewPCG(1, 2)), Before: []offline.Turn{{Robot: true, Text: before}}})
		if got.Text == "" && got.Do == nil || got.Text != "" && got.Do != nil {
			t.Errorf("%q: %+v", s, got)
		}
		if r, ok := got.Do.(offline.Remind); ok && !r.At.After(now) {
			t.Errorf("%q: in the past", s)
		}
	})
}

// Whatever is chosen is one of what there was to choose from.
func TestChoices(t *testing.T) {
	for text, options := range map[string][]string{
		"choose between tea, coffee and water": {"tea", "coffee", "water"},
		"pick one: red, blue, or green":        {"red", "blue", "green"},
		"从张三、李四、王五里选一个":                        {"张三", "李四", "王五"},
		"选一个：苹果、梨、香蕉":                          {"苹果", "梨", "香蕉"},
	} {
		seen := map[string]bool{}
		for luck := range uint64(60) {
			got := offline.Reply(offline.Question{Text: text, Now: now, ZoneKnown: true, Random: rand.New(rand.NewPCG(luck, 2)), Name: "乐乐"}).Text
			_, got, _ = strings.Cut(strings.ReplaceAll(got, "：", ": "), ": ")
			seen[got] = true
		}
		for _, o := range options {
			delete(seen, o)
		}
		if len(seen) > 0 {
			t.Errorf("%q: %v", text, seen)
		}
	}
}
