package offline

import (
	"strings"
	"time"
)

// city is a place whose time people ask for.
type city struct {
	zh, en string // names, the first of each being what it is called
	zone   string
}

var cities = []city{
	{"北京 中国 上海 广州 深圳 成都 重庆 杭州 西安 武汉 南京", "Beijing,China,Shanghai,Guangzhou,Shenzhen,Chengdu", "Asia/Shanghai"},
	{"乌鲁木齐", "Urumqi", "Asia/Urumqi"},
	{"香港", "Hong Kong", "Asia/Hong_Kong"},
	{"澳门", "Macau,macao", "Asia/Macau"},
	{"台北 台湾", "Taipei,Taiwan", "Asia/Taipei"},
	{"东京 日本 大阪", "Tokyo,Japan,Osaka", "Asia/Tokyo"},
	{"首尔 韩国", "Seoul,Korea,South Korea", "Asia/Seoul"},
	{"新加坡", "Singapore", "Asia/Singapore"},
	{"曼谷 泰国", "Bangkok,Thailand", "Asia/Bangkok"},
	{"吉隆坡 马来西亚", "Kuala Lumpur,Malaysia", "Asia/Kuala_Lumpur"},
	{"雅加达", "Jakarta", "Asia/Jakarta"},
	{"马尼拉 菲律宾", "Manila,Philippines", "Asia/Manila"},
	{"河内 胡志明市 越南", "Hanoi,Vietnam,Ho Chi Minh City,Saigon", "Asia/Ho_Chi_Minh"},
	{"德里 新德里 孟买 印度 班加罗尔", "Delhi,New Delhi,Mumbai,India,Bangalore", "Asia/Kolkata"},
	{"加德满都 尼泊尔", "Kathmandu,Nepal", "Asia/Kathmandu"},
	{"迪拜 阿联酋", "Dubai", "Asia/Dubai"},
	{"利雅得 沙特", "Riyadh", "Asia/Riyadh"},
	{"伊斯坦布尔 土耳其", "Istanbul,Turkey", "Europe/Istanbul"},
	{"耶路撒冷 特拉维夫 以色列", "Jerusalem,Tel Aviv,Israel", "Asia/Jerusalem"},
	{"开罗 埃及", "Cairo,Egypt", "Africa/Cairo"},
	{"内罗毕 肯尼亚", "Nairobi,Kenya", "Africa/Nairobi"},
	{"拉各斯 尼日利亚", "Lagos,Nigeria", "Africa/Lagos"},
	{"约翰内斯堡 开普敦 南非", "Johannesburg,Cape Town,South Africa", "Africa/Johannesburg"},
	{"莫斯科 俄罗斯", "Moscow,Russia", "Europe/Moscow"},
	{"伦敦 英国", "London,England,UK", "Europe/London"},
	{"都柏林 爱尔兰", "Dublin,Ireland", "Europe/Dublin"},
	{"里斯本 葡萄牙", "Lisbon,Portugal", "Europe/Lisbon"},
	{"巴黎 法国", "Paris,France", "Europe/Paris"},
	{"柏林 德国 慕尼黑 法兰克福", "Berlin,Germany,Munich,Frankfurt", "Europe/Berlin"},
	{"马德里 西班牙 巴塞罗那", "Madrid,Spain,Barcelona", "Europe/Madrid"},
	{"罗马 意大利 米兰", "Rome,Italy,Milan", "Europe/Rome"},
	{"阿姆斯特丹 荷兰", "Amsterdam,Netherlands", "Europe/Amsterdam"},
	{"布鲁塞尔 比利时", "Brussels,Belgium", "Europe/Brussels"},
	{"苏黎世 日内瓦 瑞士", "Zurich,Geneva,Switzerland", "Europe/Zurich"},
	{"维也纳 奥地利", "Vienna,Austria", "Europe/Vienna"},
	{"布拉格 捷克", "Prague", "Europe/Prague"},
	{"华沙 波兰", "Warsaw,Poland", "Europe/Warsaw"},
	{"布达佩斯 匈牙利", "Budapest,Hungary", "Europe/Budapest"},
	{"雅典 希腊", "Athens,Greece", "Europe/Athens"},
	{"斯德哥尔摩 瑞典", "Stockholm,Sweden", "Europe/Stockholm"},
	{"奥斯陆 挪威", "Oslo,Norway", "Europe/Oslo"},
	{"哥本哈根 丹麦", "Copenhagen,Denmark", "Europe/Copenhagen"},
	{"赫尔辛基 芬兰", "Helsinki,Finland", "Europe/Helsinki"},
	{"基辅 乌克兰", "Kyiv,Kiev,Ukraine", "Europe/Kyiv"},
	{"纽约 波士顿 华盛顿", "New York,NYC,Boston,Washington", "America/New_York"},
	{"芝加哥", "Chicago", "America/Chicago"},
	{"丹佛", "Denver", "America/Denver"},
	{"洛杉矶 旧金山 西雅图 硅谷", "Los Angeles,San Francisco,Seattle,LA", "America/Los_Angeles"},
	{"夏威夷 檀香山", "Honolulu,Hawaii", "Pacific/Honolulu"},
	{"多伦多", "Toronto", "America/Toronto"},
	{"温哥华", "Vancouver", "America/Vancouver"},
	{"墨西哥城 墨西哥", "Mexico City,Mexico", "America/Mexico_City"},
	{"圣保罗 巴西", "Sao Paulo,Brazil,São Paulo", "America/Sao_Paulo"},
	{"布宜诺斯艾利斯 阿根廷", "Buenos Aires,Argentina", "America/Argentina/Buenos_Aires"},
	{"圣地亚哥 智利", "Santiago,Chile", "America/Santiago"},
	{"利马 秘鲁", "Lima,Peru", "America/Lima"},
	{"悉尼 澳大利亚 澳洲", "Sydney,Australia", "Australia/Sydney"},
	{"墨尔本", "Melbourne", "Australia/Melbourne"},
	{"珀斯", "Perth", "Australia/Perth"},
	{"奥克兰 新西兰 惠灵顿", "Auckland,New Zealand,Wellington", "Pacific/Auckland"},
}

// findCity finds the city that a text names, the longest name first.
func findCity(text string, zh bool) (name string, zone *time.Location, ok bool) {
	length := 0
	for _, c := range cities {
		for _, n := range append(strings.Fields(c.zh), strings.Split(c.en, ",")...) {
			if len(n) <= length || !has(text, strings.ToLower(n)) {
				continue
			}
			loc, err := time.LoadLocation(c.zone)
			if err != nil {
				continue
			}
			length, zone, ok = len(n), loc, true
			if name = n; zh && latin(strings.ToLower(n)[0]) {
				name = strings.Fields(c.zh)[0]
			}
		}
	}
	return name, zone, ok
}
