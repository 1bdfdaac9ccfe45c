package measure

import (
	"math/big"
	"strings"
)

// unit declares one. Its names besides those of the answer are separated by
// spaces, with _ for a space within.
func unit(dimension, factor, chinese, english, names string) Unit {
	f, ok := new(big.Rat).SetString(factor)
	if !ok {
		panic("measure: " + factor)
	}
	u := Unit{Chinese: chinese, English: english, dimension: dimension, factor: f}
	u.names = append([]string{chinese, english}, strings.Fields(names)...)
	for i, n := range u.names {
		u.names[i] = strings.ToLower(strings.ReplaceAll(n, "_", " "))
	}
	return u
}

func degrees(factor, offset, chinese, english, names string) Unit {
	u := unit("temperature", factor, chinese, english, names)
	u.offset, _ = new(big.Rat).SetString(offset)
	return u
}

// The international yard and pound (1959), the US customary measures of volume,
// the Chinese market units (1959), and the IEC's binary prefixes.
var units = []Unit{
	unit("length", "1", "米", "m", "metre metres meter meters 公尺"),
	unit("length", "1000", "公里", "km", "kilometre kilometres kilometer kilometers kms 千米"),
	unit("length", "0.1", "分米", "dm", "decimetre decimetres decimeter decimeters"),
	unit("length", "0.01", "厘米", "cm", "centimetre centimetres centimeter centimeters 公分"),
	unit("length", "0.001", "毫米", "mm", "millimetre millimetres millimeter millimeters"),
	unit("length", "0.000001", "微米", "µm", "um micron microns micrometre micrometres micrometer micrometers"),
	unit("length", "0.000000001", "纳米", "nm", "nanometre nanometres nanometer nanometers"),
	unit("length", "1609.344", "英里", "miles", "mile mi"),
	unit("length", "0.9144", "码", "yards", "yard yd yds"),
	unit("length", "0.3048", "英尺", "feet", "foot ft '"),
	unit("length", "0.0254", "英寸", "inches", "inch in 吋 寸(英)"),
	unit("length", "1852", "海里", "nautical miles", "nautical_mile nmi 浬"),
	unit("length", "500", "里", "li", "华里 市里"),
	unit("length", "10/3", "丈", "zhang", "市丈"),
	unit("length", "1/3", "尺", "chi", "市尺"),
	unit("length", "1/30", "寸", "cun", "市寸"),
	unit("length", "9460730472580800", "光年", "light-years", "light-year light_year light_years lightyear lightyears"),
	unit("length", "149597870700", "天文单位", "au", "astronomical_unit astronomical_units"),

	unit("mass", "1", "千克", "kg", "公斤 kilo kilos kilogram kilograms kilogramme kilogrammes kgs"),
	unit("mass", "0.001", "克", "g", "gram grams gramme grammes 公克"),
	unit("mass", "0.000001", "毫克", "mg", "milligram milligrams"),
	unit("mass", "1000", "吨", "t", "tonne tonnes ton tons metric_ton metric_tons 公吨"),
	unit("mass", "0.5", "斤", "jin", "市斤 catty catties"),
	unit("mass", "0.05", "两", "liang", "市两 tael taels"),
	unit("mass", "0.005", "钱", "qian", "市钱"),
	unit("mass", "50", "担", "dan", "市担"),
	unit("mass", "0.45359237", "磅", "lb", "lbs pound pounds"),
	unit("mass", "0.028349523125", "盎司", "oz", "ounce ounces 安士"),
	unit("mass", "6.35029318", "英石", "stone", "stones st"),
	unit("mass", "0.0002", "克拉", "carats", "carat ct"),

	degrees("1", "0", "开尔文", "K", "kelvin kelvins 开"),
	degrees("1", "273.15", "℃", "°C", "c celsius centigrade 摄氏度 摄氏 度 degrees_celsius degree_celsius degrees_c degree_c deg_c 度c"),
	degrees("5/9", "229835/900", "℉", "°F", "f fahrenheit 华氏度 华氏 degrees_fahrenheit degree_fahrenheit degrees_f degree_f deg_f 度f"),

	unit("area", "1", "平方米", "m²", "m2 m^2 sqm sq_m square_metre square_metres square_meter square_meters 平米 平方公尺 平"),
	unit("area", "1000000", "平方公里", "km²", "km2 km^2 sq_km square_kilometre square_kilometres square_kilometer square_kilometers 平方千米"),
	unit("area", "0.0001", "平方厘米", "cm²", "cm2 cm^2 sq_cm square_centimetre square_centimetres square_centimeter square_centimeters"),
	unit("area", "10000", "公顷", "ha", "hectare hectares 垧"),
	unit("area", "2000/3", "亩", "mu", "市亩"),
	unit("area", "200000/3", "顷", "qing", "市顷"),
	unit("area", "4046.8564224", "英亩", "acres", "acre"),
	unit("area", "0.09290304", "平方英尺", "sq ft", "ft2 ft^2 ft² sqft square_foot square_feet"),
	unit("area", "2589988.110336", "平方英里", "sq mi", "mi2 mi^2 mi² square_mile square_miles"),
	unit("area", "400/121", "坪", "ping", "pyeong"),

	unit("volume", "1", "升", "litres", "l litre liter liters 公升"),
	unit("volume", "0.001", "毫升", "ml", "millilitre millilitres milliliter milliliters cc cm3 cm³ 立方厘米"),
	unit("volume", "1000", "立方米", "m³", "m3 m^3 cubic_metre cubic_metres cubic_meter cubic_meters 立方 方"),
	unit("volume", "3.785411784", "加仑", "gallons", "gallon gal us_gallon us_gallons 美制加仑"),
	unit("volume", "4.54609", "英制加仑", "imperial gallons", "imperial_gallon uk_gallon uk_gallons"),
	unit("volume", "0.946352946", "夸脱", "quarts", "quart qt"),
	unit("volume", "0.473176473", "品脱", "pints", "pint pt"),
	unit("volume", "0.2365882365", "杯", "cups", "cup"),
	unit("volume", "0.0295735295625", "液盎司", "fl oz", "floz fluid_ounce fluid_ounces"),
	unit("volume", "0.01478676478125", "汤匙", "tablespoons", "tablespoon tbsp 大勺"),
	unit("volume", "0.00492892159375", "茶匙", "teaspoons", "teaspoon tsp 小勺"),

	unit("speed", "1", "米/秒", "m/s", "米每秒 metres_per_second meters_per_second mps"),
	unit("speed", "5/18", "公里/小时", "km/h", "公里每小时 千米每小时 千米/小时 kph kmh kilometres_per_hour kilometers_per_hour"),
	unit("speed", "0.44704", "英里/小时", "mph", "英里每小时 mi/h miles_per_hour"),
	unit("speed", "463/900", "节", "knots", "knot kn kt"),
	unit("speed", "340.3", "马赫", "mach", "倍音速"),

	unit("time", "1", "秒", "seconds", "second sec secs s 秒钟"),
	unit("time", "0.001", "毫秒", "ms", "millisecond milliseconds"),
	unit("time", "60", "分钟", "minutes", "minute min mins 分"),
	unit("time", "3600", "小时", "hours", "hour h hr hrs 个小时 钟头 个钟头"),
	unit("time", "7200", "时辰", "shichen", "个时辰"),
	unit("time", "86400", "天", "days", "day d 日"),
	unit("time", "604800", "周", "weeks", "week wk 星期 个星期 礼拜 个礼拜"),
	unit("time", "31557600", "年", "years", "year yr yrs"),

	unit("data", "1", "字节", "bytes", "byte b"),
	unit("data", "1/8", "比特", "bits", "bit"),
	unit("data", "1000", "KB", "kB", "kilobyte kilobytes"),
	unit("data", "1000000", "MB", "MB", "megabyte megabytes 兆 兆字节"),
	unit("data", "1000000000", "GB", "GB", "gigabyte gigabytes 千兆字节"),
	unit("data", "1000000000000", "TB", "TB", "terabyte terabytes"),
	unit("data", "1024", "KiB", "KiB", "kibibyte kibibytes"),
	unit("data", "1048576", "MiB", "MiB", "mebibyte mebibytes"),
	unit("data", "1073741824", "GiB", "GiB", "gibibyte gibibytes"),
	unit("data", "1099511627776", "TiB", "TiB", "tebibyte tebibytes"),
	unit("data", "125000", "兆比特", "Mbit", "megabit megabits mbits"),
	unit("data", "125000000", "吉比特", "Gbit", "gigabit gigabits gbits"),

	unit("energy", "1", "焦耳", "joules", "joule j 焦"),
	unit("energy", "4.184", "卡路里", "cal", "calorie calories 卡"),
	unit("energy", "4184", "千卡", "kcal", "kilocalorie kilocalories 大卡"),
	unit("energy", "1000", "千焦", "kJ", "kilojoule kilojoules"),
	unit("energy", "3600000", "千瓦时", "kWh", "度电 kilowatt-hour kilowatt-hours"),
}
