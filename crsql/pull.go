package crsql

import (
	"context"
	"fmt"
)

// Pull takes as many changes in its first transaction, then twice as many, and so on: where one large version is cut, each
// piece costs a look at all of it.
const (
	firstPull = 1 << 14
	mostPull  = 1 << 18
)

// Pull brings to one database what it lacks of another, and returns how many changes won. It takes them in pieces, each in
// its own transaction, and goes on where an earlier call was interrupted. Over a network one sends what Ask returns, runs
// Serve there, sends the Reply back and gives it to Receive, until a Reply has no More.
func Pull(ctx context.Context, to, from Database) (won int64, err error) {
	for limit := firstPull; ; limit = min(2*limit, mostPull) {
		r, err := Ask(ctx, to)
		if err != nil {
			return won, err
		}
		reply, err := Serve(ctx, from, r, limit)
		if err != nil {
			return won, err
		}
		got, err := Receive(ctx, to, reply)
		won += got.Won
		if err != nil {
			return won, err
		}
		if !reply.More {
			return won, nil
		}
		if !got.Advanced {
			return won, fmt.Errorf("crsql: pull: others write what site %x knows of its peers at the same time", r.Site)
		}
	}
}
