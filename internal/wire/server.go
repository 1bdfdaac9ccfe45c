package wire

import (
	"github.com/happychat/happychat/internal/account"
	"github.com/happychat/happychat/internal/attachment"
	"github.com/happychat/happychat/internal/contact"
	"github.com/happychat/happychat/internal/conversation"
	"github.com/happychat/happychat/internal/feedback"
	"github.com/happychat/happychat/internal/sticker"
)

// Server is what anybody may know of this server.
type Server struct {
	Name         string `json:"name" doc:"What its owner calls it" example:"乐聊"`
	Version      string `json:"version" doc:"Of the program"`
	Registration string `json:"registration" enum:"open,closed"`
	Mail         string `json:"mail" enum:"smtp,outbox" doc:"outbox: mails are written to a folder of the server, whose owner passes the links on"`
	Setup        bool   `json:"setup" doc:"There is no owner yet: the console shows the link to become it"`
	Language     string `json:"language" enum:"zh-CN,en" doc:"For visitors whose own is neither"`
	SignedIn     bool   `json:"signedIn" doc:"Whoever asks has a session: by the cookie or the token of this request"`
	Limits       Limits `json:"limits"`
	// Providers are in the order of their buttons.
	Providers []Provider `json:"providers" doc:"By whose word people can sign in here"`
	// Passkeys is left out where browsers would refuse them.
	Passkeys *PasskeyParty `json:"passkeys,omitempty" doc:"What passkeys are made for here; left out where there can be none"`
	Robot    *Robot        `json:"robot,omitempty" doc:"The built-in robot, if there is one"`
	Push     *Push         `json:"push,omitempty" doc:"Left out where devices are not called while the app is closed"`
}

// Robot is the built-in robot.
type Robot struct {
	AccountID ID     `json:"accountId"`
	Username  string `json:"username"`
	Name      string `json:"name"`
	Via       string `json:"via,omitempty" doc:"Host name of the language model that it converses through; left out when it answers by itself"`
}

// Limits are those that a client should keep to; lengths are in code points.
type Limits struct {
	MessageBody           int   `json:"messageBody"`
	Username              int   `json:"username"`
	UsernameMin           int   `json:"usernameMin"`
	Name                  int   `json:"name"`
	Remark                int   `json:"remark"`
	Greeting              int   `json:"greeting"`
	Password              int   `json:"password"`
	PasswordMin           int   `json:"passwordMin"`
	PasskeyName           int   `json:"passkeyName"`
	About                 int   `json:"about"`
	Place                 int   `json:"place"`
	Website               int   `json:"website"`
	GitHub                int   `json:"github"`
	GroupName             int   `json:"groupName"`
	GroupMembers          int   `json:"groupMembers"`
	Announcement          int   `json:"announcement"`
	Nickname              int   `json:"nickname"`
	GroupRemark           int   `json:"groupRemark"`
	JoinGreeting          int   `json:"joinGreeting" doc:"What goes with a request to be let into a group"`
	Mentions              int   `json:"mentions" doc:"How many people one message can mention"`
	AttachmentBytes       int64 `json:"attachmentBytes" doc:"The largest file"`
	AttachmentsPerMessage int   `json:"attachmentsPerMessage"`
	Feedback              int   `json:"feedback" doc:"Feedback, or a report"`
	FeedbackAnswer        int   `json:"feedbackAnswer"`
	StickerPackTitle      int   `json:"stickerPackTitle"`
	StickersPerPack       int   `json:"stickersPerPack"`
	StickerSide           int   `json:"stickerSide" doc:"Pixels: larger pictures are made smaller when they become stickers"`
	OwnStickerPacks       int   `json:"ownStickerPacks" doc:"How many packs one can make"`
	StickerPacks          int   `json:"stickerPacks" doc:"How many packs one can keep, own ones among them"`
	FavouriteStickers     int   `json:"favouriteStickers"`
	SmallGroup            int   `json:"smallGroup" doc:"Up to how many members everybody is shown all of them, their read positions and their typing"`
}

// NewLimits gives the limits of the domain, and of what this server takes.
func NewLimits(files attachment.Limits) Limits {
	return Limits{
		MessageBody: conversation.MaxBody, Remark: contact.MaxRemark, Greeting: contact.MaxGreeting,
		Username: account.MaxUsername, UsernameMin: account.MinUsername, Name: account.MaxName,
		Password: account.MaxPassword, PasswordMin: account.MinPassword, PasskeyName: account.MaxPasskeyName,
		About: account.MaxAbout, Place: account.MaxPlace, Website: account.MaxWebsite, GitHub: account.MaxGitHub,
		GroupName: conversation.MaxGroupName, GroupMembers: conversation.MaxGroupMembers, Announcement: conversation.MaxAnnouncement,
		Nickname: conversation.MaxNickname, GroupRemark: conversation.MaxGroupRemark, JoinGreeting: conversation.MaxGreeting, Mentions: conversation.MaxMentions, SmallGroup: conversation.MaxSmall,
		Feedback: feedback.MaxBody, FeedbackAnswer: feedback.MaxAnswer,
		AttachmentBytes: files.Size, AttachmentsPerMessage: attachment.MaxPerMessage,
		StickerPackTitle: sticker.MaxTitle, StickersPerPack: sticker.MaxPerPack, StickerSide: attachment.StickerSide,
		OwnStickerPacks: sticker.MaxOwn, StickerPacks: sticker.MaxKept, FavouriteStickers: sticker.MaxFavourites,
	}
}
