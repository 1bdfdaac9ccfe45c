package wire

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/happychat/happychat/internal/feedback"
)

// Feedback is what somebody told those who run the server, and their answer.
type Feedback struct {
	ID         ID      `json:"id"`
	Kind       string  `json:"kind" enum:"feedback,report"`
	Author     Card    `json:"author"`
	Body       string  `json:"body"`
	Picture    string  `json:"picture,omitempty" doc:"An attachment"`
	Subject    Subject `json:"subject,omitzero" doc:"What a report is about"`
	State      string  `json:"state" enum:"open,answered,closed"`
	Answer     string  `json:"answer,omitempty"`
	AnsweredAt int64   `json:"answeredAt,omitempty"`
	CreatedAt  int64   `json:"createdAt"`
}

// Subject is what a report is about: an account; or a conversation; or a
// message in it, whose author is then the account.
type Subject struct {
	AccountID      ID     `json:"accountId,omitzero"`
	ConversationID ID     `json:"conversationId,omitzero"`
	Seq            int64  `json:"seq,omitempty"`
	Quote          string `json:"quote,omitempty" doc:"What the message said when it was reported"`
}

// NewFeedback makes the shape.
func NewFeedback(f feedback.Feedback) Feedback {
	return Feedback{
		ID: ID(f.ID), Kind: string(f.Kind), Author: NewCard(f.Author), Body: f.Body, Picture: f.Picture,
		Subject: Subject{
			AccountID: ID(f.Subject.AccountID), ConversationID: ID(f.Subject.ConversationID), Seq: f.Subject.Seq, Quote: f.Subject.Quote,
		},
		State: string(f.State), Answer: f.Answer, AnsweredAt: f.AnsweredAt, CreatedAt: f.CreatedAt,
	}
}

// Feedbacks is a page of feedback, the newest first.
type Feedbacks struct {
	Feedback   []Feedback `json:"feedback"`
	NextCursor string     `json:"nextCursor,omitempty" doc:"For the next page; left out on the last"`
}

// NewFeedbacks makes the shape.
func NewFeedbacks(l []feedback.Feedback, limit int) Feedbacks {
	return Feedbacks{Feedback: some(l, NewFeedback), NextCursor: next(l, limit, func(f feedback.Feedback) ID { return ID(f.ID) })}
}

// GiveFeedback tells what I think of this server.
type GiveFeedback struct {
	Body    string `json:"body"`
	Picture string `json:"picture,omitempty" maxLength:"64" doc:"An attachment of mine that is a picture"`
}

// TransformSchema implements huma.SchemaTransformer.
func (GiveFeedback) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "body", 1, feedback.MaxBody)
	return s
}

// MakeReport reports an account, or a message, or a conversation. A message is
// shown to the owners of the server as it is.
type MakeReport struct {
	AccountID      ID     `json:"accountId,omitzero" doc:"Whom to report; not needed with seq"`
	ConversationID ID     `json:"conversationId,omitzero"`
	Seq            int64  `json:"seq,omitempty" minimum:"1"`
	Body           string `json:"body" doc:"What is wrong"`
}

// TransformSchema implements huma.SchemaTransformer.
func (MakeReport) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "body", 1, feedback.MaxBody)
	return s
}

// Domain gives the subject.
func (r MakeReport) Domain() feedback.Subject {
	return feedback.Subject{AccountID: r.AccountID.Domain(), ConversationID: r.ConversationID.Domain(), Seq: r.Seq}
}

// AnswerFeedback answers feedback.
type AnswerFeedback struct {
	Answer string `json:"answer"`
}

// TransformSchema implements huma.SchemaTransformer.
func (AnswerFeedback) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	limit(s, "answer", 1, feedback.MaxAnswer)
	return s
}
