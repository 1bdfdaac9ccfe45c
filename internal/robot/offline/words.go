package offline

import (
	"slices"
	"strings"
	"unicode"
)

// traditional and simplified are the characters of our words that are written
// in two ways, one below the other.
const (
	traditional = "農曆國慶節陽陰歲蘭龍馬雞豬點鐘時間後過現幾號個開關給麼嗎誰說話聽講請問幫覺樂機謎語題擲選擇還決籤簽運氣幣數頭佈換轉為長寬遠熱溫華攝體積錢兩畝頃噸釐碼裡離園紀結勞動兒軍師萬聖誕復親臘學醫樣電腦網絡務線來進發圖貼紙刪訊備註連繫設隱裝邊門東貝倫約紐爾羅維納亞當漢齊見歡謝對應該週禮義無變從會員樓區頁單雙億負減餘階圓夢驚穀處種滿幹屬閏貓廣臺灣際與於書續覆認識別兇壞滾聰蘇黃殺濟達寧溝廈訂鬧鈴響"
	simplified  = "农历国庆节阳阴岁兰龙马鸡猪点钟时间后过现几号个开关给么吗谁说话听讲请问帮觉乐机谜语题掷选择还决签签运气币数头布换转为长宽远热温华摄体积钱两亩顷吨厘码里离园纪结劳动儿军师万圣诞复亲腊学医样电脑网络务线来进发图贴纸删讯备注连系设隐装边门东贝伦约纽尔罗维纳亚当汉齐见欢谢对应该周礼义无变从会员楼区页单双亿负减余阶圆梦惊谷处种满干属闰猫广台湾际与于书续复认识别凶坏滚聪苏黄杀济达宁沟厦订闹铃响"
)

var simple = func() map[rune]rune {
	to := []rune(simplified)
	m := map[rune]rune{}
	for i, from := range []rune(traditional) {
		if from != to[i] {
			m[from] = to[i]
		}
	}
	return m
}()

// plain folds a text rune by rune, so that places in both are the same: wide
// forms to ASCII, capitals to small letters, traditional characters to
// simplified ones, and line breaks to spaces.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '　' || r == '\n' || r == '\t' || r == '\r' || r == '\u00a0':
			r = ' '
		case r == '’' || r == '‘':
			r = '\''
		case r == '。' || r == '．':
			r = '.'
		case r == '、':
			r = ','
		}
		if s, ok := simple[r]; ok {
			return s
		}
		if r < unicode.MaxASCII {
			return unicode.ToLower(r)
		}
		return r
	}, text)
}

// chinese tells the language of a text by its script; other is the answer for
// one that tells none, such as 1+1.
func chinese(text string, other bool) bool {
	letters := false
	for _, r := range text {
		if unicode.Is(unicode.Han, r) {
			return true
		}
		letters = letters || unicode.IsLetter(r)
	}
	return other && !letters
}

// bare is a text without marks, spaces and emoji at its ends.
func bare(text string) string {
	return strings.TrimFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
}

// has tells whether one of the words is in the text. Words of Latin letters
// are whole words.
func has(text string, words ...string) bool {
	for _, w := range words {
		for from := 0; ; {
			i := strings.Index(text[from:], w)
			if i < 0 {
				break
			}
			i += from
			if !latin(w[0]) && !latin(w[len(w)-1]) || edge(text, i, i+len(w)) {
				return true
			}
			from = i + len(w)
		}
	}
	return false
}

func latin(c byte) bool { return c >= 'a' && c <= 'z' }

func edge(text string, from, to int) bool {
	return (from == 0 || !latin(text[from-1])) && (to == len(text) || !latin(text[to]))
}

// is tells whether the text is one of the words.
func is(text string, words ...string) bool {
	return slices.Contains(words, text)
}
