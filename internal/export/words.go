package export

import (
	"strings"

	"github.com/happychat/happychat/internal/conversation"
)

// words are those of the pages, in one language.
type words struct {
	Title, Name, Username, Email, About, Place, Website     string
	Conversations, Contacts, Programs, Back, Earlier, Later string
	Deleted, Somebody, Unread                               string
	notices                                                 map[conversation.Occurrence]string
}

var english = words{
	Title: "My data from Happy Chat", Name: "Name", Username: "User name", Email: "E-mail address", About: "About me", Place: "Place", Website: "Website",
	Conversations: "Conversations", Contacts: "Contacts", Programs: "The files ending in .json hold the same for programs.",
	Back: "All conversations", Earlier: "Earlier", Later: "Later", Deleted: "Deleted account", Somebody: "Somebody", Unread: "This file could not be read.",
	notices: map[conversation.Occurrence]string{
		conversation.GroupCreated: "made the group", conversation.GroupRenamed: "renamed the group", conversation.GroupPictured: "changed the group's picture",
		conversation.GroupMuted: "muted everybody", conversation.GroupUnmuted: "unmuted everybody", conversation.GroupWasDissolved: "dissolved the group",
		conversation.MemberAdded: "added", conversation.MemberJoined: "joined", conversation.MemberRemoved: "removed", conversation.MemberQuit: "left",
		conversation.MemberMuted: "muted", conversation.MemberUnmuted: "unmuted", conversation.RoleChanged: "changed the role of", conversation.OwnerChanged: "handed over to",
		conversation.AnnouncementChanged: "announced",
	},
}

var chinese = words{
	Title: "我的乐聊数据", Name: "名字", Username: "用户名", Email: "邮箱", About: "个人介绍", Place: "所在地", Website: "个人网站",
	Conversations: "聊天", Contacts: "通讯录", Programs: "以 .json 结尾的文件供程序读取，内容相同。",
	Back: "全部聊天", Earlier: "更早", Later: "更晚", Deleted: "已注销账号", Somebody: "某人", Unread: "无法读取这个文件。",
	notices: map[conversation.Occurrence]string{
		conversation.GroupCreated: "创建了群", conversation.GroupRenamed: "修改了群名", conversation.GroupPictured: "更换了群头像",
		conversation.GroupMuted: "开启了全员禁言", conversation.GroupUnmuted: "关闭了全员禁言", conversation.GroupWasDissolved: "解散了群",
		conversation.MemberAdded: "添加了", conversation.MemberJoined: "加入了群", conversation.MemberRemoved: "移出了", conversation.MemberQuit: "退出了群",
		conversation.MemberMuted: "禁言了", conversation.MemberUnmuted: "解除了禁言：", conversation.RoleChanged: "更改了角色：", conversation.OwnerChanged: "转让了群主：",
		conversation.AnnouncementChanged: "发布了群公告",
	},
}

func wordsIn(language string) words {
	if language == "zh-CN" {
		return chinese
	}
	return english
}

// notice says what happened, after the name of who did it.
func (w words) notice(h conversation.Happening, known people) string {
	said, ok := w.notices[h.Event]
	if !ok {
		said = string(h.Event)
	}
	var names []string
	for _, id := range h.Accounts {
		names = append(names, known[id])
	}
	if len(names) > 0 {
		said += " " + strings.Join(names, ", ")
	}
	if h.Text != "" {
		said += ": " + h.Text
	}
	return said
}
