import type { Language } from '../support/words.ts'

// What the people of the screens are called and say, in both languages.

/** User names, the same in every language. */
export type Who =
  'leo' | 'grandpa' | 'priya' | 'mia' | 'tom' | 'zoe' | 'ivo' | 'uma' | 'ravi' | 'asking' | 'stranger'

export type Line = readonly [who: 'me' | Who, text: string]

export interface Scene {
  me: { name: string; about: string; place: string }
  names: Record<Who, string>
  remark: string
  about: string
  chats: Partial<Record<Who, readonly Line[]>>
  group: {
    name: string
    announcement: string
    lines: readonly Line[]
    /** Said with pictures. */
    caption: string
    /** Mentions me; begins with my name behind an @. */
    mention: string
  }
  /** Groups besides it. */
  family: string
  quietGroup: string
  removedGroup: string
  longName: string
  greeting: string
  feedback: readonly [asked: string, answered: string]
  report: string
  unsent: string
  stickers: string
  theirStickers: string
  /** A few letters that find Tom. */
  finds: string
  question: string
  file: string
}

export const scenes: Record<Language, Scene> = {
  en: {
    me: { name: 'Nora', about: 'Mostly at the water', place: 'Hamburg' },
    names: {
      leo: 'Leo',
      grandpa: 'Heinrich',
      priya: 'Priya Raman',
      mia: 'Mia',
      tom: 'Tomás O’Brien',
      zoe: 'Zoë',
      ivo: 'Ivo',
      uma: 'Uma',
      ravi: 'Ravi',
      asking: 'Charlotte',
      stranger: 'Samira',
    },
    remark: 'Grandpa',
    about: 'Sails, bakes, answers late',
    chats: {
      grandpa: [
        ['grandpa', 'Who hid my reading glasses?'],
        ['me', 'They are on your head again 🙂'],
      ],
      priya: [
        ['me', 'Same time on Thursday?'],
        ['priya', 'Yes! Bring the good clock.'],
        ['priya', 'And your patience, I have been practising the Sicilian.'],
      ],
      mia: [['me', 'Happy birthday, dear Mia']],
      tom: [['tom', 'The keys are under the blue pot']],
      leo: [
        ['leo', 'The boat is back in the water ⛵'],
        ['leo', 'Forecast says wind from the west, not too much of it. Saturday?'],
        ['me', 'Saturday is perfect.'],
        ['me', 'Shall I bring the children, or is it a day for the grown-ups?'],
        ['leo', 'Bring them! There is room for six, and life jackets for eight.'],
        ['me', 'Then I bring cake.'],
        ['leo', '🎂🎉'],
        ['leo', 'Here is the jetty: https://www.openstreetmap.org/#map=17/53.5436/9.9667'],
        ['me', 'See you at ten.'],
      ],
    },
    group: {
      name: 'Boat crew',
      announcement: 'Saturday at ten, jetty 4. Bring something warm and something to eat.',
      lines: [
        ['priya', 'Does anybody still have the big thermos?'],
        ['mia', 'I do. It smells of soup, though.'],
        ['me', 'Soup is fine.'],
      ],
      caption: 'Last year, same place',
      mention: ' are you taking the early ferry?',
    },
    family: 'Family',
    quietGroup: 'Harbour news',
    removedGroup: 'Old flat',
    longName: 'Neighbourhood association for the garden behind',
    greeting: 'Hello Nora, we met at the regatta.',
    feedback: ['Could the dark theme be a little darker?', 'It is now. Thank you for telling us.'],
    report: 'Sends everybody the same advertisement.',
    unsent: 'Are you coming tonight?',
    stickers: 'By the water',
    theirStickers: 'Mia’s kitchen',
    finds: 'tob',
    question: 'what is 15% of 80',
    file: 'Tide table 2026.pdf',
  },
  'zh-CN': {
    me: { name: '小雨', about: '多半在水边', place: '上海' },
    names: {
      leo: '阿磊',
      grandpa: '张建国',
      priya: '李思',
      mia: '王小美',
      tom: '欧阳明月',
      zoe: '周佳怡',
      ivo: '孙浩',
      uma: '吴桐',
      ravi: '陈晨',
      asking: '林夏',
      stranger: '赵一鸣',
    },
    remark: '外公',
    about: '开船、烤蛋糕、回消息慢',
    chats: {
      grandpa: [
        ['grandpa', '我的老花镜又不见了，谁看到了？'],
        ['me', '外公，在您头上呢 🙂'],
      ],
      priya: [
        ['me', '周四老时间下棋？'],
        ['priya', '好！带上那个好钟。'],
        ['priya', '还有耐心，我最近一直在练西西里防御。'],
      ],
      mia: [['me', '小美，生日快乐']],
      tom: [['tom', '钥匙在蓝色花盆下面']],
      leo: [
        ['leo', '船修好了，今天又下水了 ⛵'],
        ['leo', '预报说周六西风，不大，正合适。来吗？'],
        ['me', '周六正好有空。'],
        ['me', '要带孩子们来吗，还是大人们自己玩？'],
        ['leo', '带上吧！船上坐得下6个人，救生衣有8件。'],
        ['me', '那我带蛋糕。'],
        ['leo', '🎂🎉'],
        ['leo', '码头在这里：https://www.openstreetmap.org/#map=17/31.2397/121.4998'],
        ['me', '十点见。'],
      ],
    },
    group: {
      name: '周六出海',
      announcement: '周六上午10点，4号码头集合。带一件厚衣服，再带点吃的。',
      lines: [
        ['priya', '谁那里还有那个大保温壶？'],
        ['mia', '在我这儿，不过有股汤味儿。'],
        ['me', '汤味儿也行。'],
      ],
      caption: '去年，还是这个地方',
      mention: ' 你坐早班渡轮吗？',
    },
    family: '一家人',
    quietGroup: '港口消息',
    removedGroup: '老房子室友',
    longName: '后花园邻里互助与周末植树活动筹备委员会及其家属',
    greeting: '小雨你好，我们在帆船赛上见过。',
    feedback: ['深色主题能再深一点吗？', '已经调深了，谢谢你告诉我们。'],
    report: '给所有人发一样的广告。',
    unsent: '今晚来吗？',
    stickers: '水边',
    theirStickers: '小美的厨房',
    finds: '欧明',
    question: '128乘以36',
    file: '2026年潮汐表.pdf',
  },
}
