package crsql_test

import (
	"encoding/hex"
	"math"
	"testing"

	"github.com/sqlite-mv/sqlite-mv/crsql"
	"github.com/sqlite-mv/sqlite-mv/dbsp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func drawSite(t *rapid.T) []byte {
	return rapid.SliceOfN(rapid.ByteRange(0, 2), 0, 16).Draw(t, "site")
}

func drawValue(t *rapid.T) dbsp.Value {
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 1:
		return dbsp.NewInteger(rapid.Int64().Draw(t, "integer"))
	case 2:
		return dbsp.NewReal(rapid.Float64().Draw(t, "real"))
	case 3:
		return dbsp.NewText(rapid.String().Draw(t, "text"))
	case 4:
		return dbsp.NewBlob(string(rapid.SliceOf(rapid.Byte()).Draw(t, "blob")))
	}
	return dbsp.Value{}
}

func drawChanges(t *rapid.T) []crsql.Change {
	number := rapid.OneOf(rapid.Int64Range(0, 3), rapid.Int64())
	return rapid.SliceOf(rapid.Custom(func(t *rapid.T) crsql.Change {
		return crsql.Change{
			Table: rapid.SampledFrom([]string{"t", "u", "", "a\"b"}).Draw(t, "table"),
			PK:    rapid.SliceOfN(rapid.ByteRange(0, 1), 0, 3).Draw(t, "pk"),
			CID:   rapid.SampledFrom([]string{"a", "b", crsql.Sentinel}).Draw(t, "cid"),
			Val:   drawValue(t), ColVersion: number.Draw(t, "col_version"), DBVersion: number.Draw(t, "db_version"),
			Site: drawSite(t), CL: number.Draw(t, "cl"), Seq: number.Draw(t, "seq"),
		}
	})).Draw(t, "changes")
}

func requireSameChanges(t require.TestingT, want, got []crsql.Change) {
	require.Len(t, got, len(want))
	for i := range want {
		require.Equal(t, want[i].String(), got[i].String(), "change %d", i)
		require.True(t, want[i].Val == got[i].Val, "change %d: %v, %v", i, want[i].Val, got[i].Val)
	}
}

func TestChangeSetRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := drawChanges(t)
		b := crsql.AppendChanges(nil, changes)
		got, err := crsql.DecodeChanges(b)
		require.NoError(t, err)
		requireSameChanges(t, changes, got)
		// Cut off or lengthened it is not a change set.
		_, err = crsql.DecodeChanges(b[:rapid.IntRange(0, len(b)-1).Draw(t, "cut")])
		require.ErrorIs(t, err, crsql.ErrEncoding)
		_, err = crsql.DecodeChanges(append(b, 0))
		require.ErrorIs(t, err, crsql.ErrEncoding)
	})
}

// The bytes are those that the comment above the encoding describes: files written with them are read by later versions.
func TestChangeSetBytes(t *testing.T) {
	changes := []crsql.Change{
		{"foo", []byte{1, 9, 1}, "a", dbsp.NewInteger(-3), 1, 7, []byte{0xaa, 0xbb}, 1, 0},
		{"foo", []byte{1, 9, 1}, "b", dbsp.NewText("xy"), 2, 7, []byte{0xaa, 0xbb}, 1, 1},
		{"bar", []byte{1, 1}, crsql.Sentinel, dbsp.Value{}, 2, 9, []byte{0xcc}, 2, 0},
		{"bar", []byte{1, 9, 2}, "a", dbsp.NewReal(1.5), 1, 9, []byte{0xcc}, 1, 5},
	}
	b := crsql.AppendChanges(nil, changes)
	require.Equal(t, "43524331"+"4a"+
		"02"+"03666f6f"+"03626172"+ // tables
		"03"+"0161"+"0162"+"022d31"+ // columns
		"02"+"02aabb"+"01cc"+ // sites
		"04"+
		"10"+"00"+"03010901"+"02"+"00"+"00"+"0e"+"00"+"0105"+
		"0f"+"01"+"04"+"03027879"+
		"00"+"01"+"020101"+"04"+"02"+"01"+"04"+"00"+"04"+"00"+
		"16"+"01"+"03010902"+"02"+"00"+"0a"+"023ff8000000000000", hex.EncodeToString(b))
	got, err := crsql.DecodeChanges(b)
	require.NoError(t, err)
	requireSameChanges(t, changes, got)
}

func TestChangeSetRefuses(t *testing.T) {
	for what, text := range map[string]string{
		"nothing":                     "",
		"another version":             "43524332" + "04" + "00000000",
		"a long number":               "43524331" + "05" + "80000000000",
		"a name twice":                "43524331" + "08" + "02016101610000" + "00",
		"a name unused":               "43524331" + "06" + "010161000000",
		"a name that is not there":    "43524331" + "10" + "010161" + "010162" + "0101" + "01" + "10" + "05" + "0101" + "02",
		"more changes than bytes":     "43524331" + "08" + "000000" + "ffffffff0f",
		"more names than bytes":       "43524331" + "08" + "ffffffffff7f" + "0161",
		"a name longer than the rest": "43524331" + "07" + "01ffffffff7f" + "61",
	} {
		b, err := hex.DecodeString(text + text[:len(text)%2])
		require.NoError(t, err, what)
		_, err = crsql.DecodeChanges(b)
		require.ErrorIs(t, err, crsql.ErrEncoding, what)
	}
}

func drawMarks(t *rapid.T) []crsql.Mark {
	var marks []crsql.Mark
	for range rapid.IntRange(0, 3).Draw(t, "marks") {
		marks = append(marks, crsql.Mark{Site: drawSite(t), Version: rapid.Int64().Draw(t, "version"), ID: drawMarkID(t)})
	}
	return marks
}

func drawMarkID(t *rapid.T) crsql.MarkID {
	return crsql.MarkID(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "mark"))
}

func drawPosition(t *rapid.T) crsql.Position {
	return crsql.Position{Mark: drawMarkID(t), Version: rapid.Int64().Draw(t, "version"), Seq: rapid.Int64().Draw(t, "seq")}
}

func TestRequestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := crsql.Request{Site: drawSite(t), Empty: rapid.Bool().Draw(t, "empty"), Marks: drawMarks(t), Floors: drawMarks(t)}
		for range rapid.IntRange(0, 2).Draw(t, "cursors") {
			r.Cursors = append(r.Cursors, crsql.SiteCursor{Site: drawSite(t), Position: drawPosition(t)})
		}
		b, err := r.AppendBinary(nil)
		require.NoError(t, err)
		var got crsql.Request
		require.NoError(t, got.UnmarshalBinary(b))
		again, err := got.AppendBinary(nil)
		require.NoError(t, err)
		require.Equal(t, b, again)
		require.Equal(t, []any{r.Marks, r.Floors, r.Cursors}, []any{got.Marks, got.Floors, got.Cursors})
		require.ErrorIs(t, got.UnmarshalBinary(b[:len(b)-1]), crsql.ErrEncoding)
	})
}

func TestReplyRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := crsql.Reply{Site: drawSite(t), Changes: drawChanges(t), Marks: drawMarks(t), Floors: drawMarks(t), Partial: rapid.Bool().Draw(t, "partial"),
			Lives: rapid.Int64().Draw(t, "lives")}
		if len(r.Changes) > 0 {
			r.Runs = []crsql.Run{{Mark: drawMarkID(t), N: len(r.Changes)}}
		}
		r.At = crsql.Mark{Site: r.Site, Version: 5, ID: drawMarkID(t)}
		switch rapid.IntRange(0, 2).Draw(t, "basis") {
		case 1:
			id := drawMarkID(t)
			r.Since = &id
		case 2:
			p := drawPosition(t)
			r.After = &p
		}
		for range rapid.IntRange(0, 2).Draw(t, "without") {
			r.Without = append(r.Without, drawMarkID(t))
		}
		if r.More = rapid.Bool().Draw(t, "more"); r.More {
			r.Next = drawPosition(t)
		}
		b, err := r.AppendBinary(nil)
		require.NoError(t, err)
		var got crsql.Reply
		require.NoError(t, got.UnmarshalBinary(b))
		requireSameChanges(t, r.Changes, got.Changes)
		require.Equal(t, []any{r.Since, r.After, r.Without, r.At, r.More, r.Next, r.Marks, r.Floors, r.Partial, r.Lives, r.Runs},
			[]any{got.Since, got.After, got.Without, got.At, got.More, got.Next, got.Marks, got.Floors, got.Partial, got.Lives, got.Runs})
		require.ErrorIs(t, got.UnmarshalBinary(b[:len(b)-1]), crsql.ErrEncoding)
	})
}

func seedEncodings(f *testing.F) {
	changes := []crsql.Change{
		{"foo", []byte{1, 9, 1}, "a", dbsp.NewReal(math.Inf(1)), 1, 7, []byte{0xaa, 0xbb}, 1, 0},
		{"foo", []byte{1, 9, 1}, "b", dbsp.NewBlob("xy"), 2, 9, []byte{0xcc}, 1, 1},
	}
	f.Add(crsql.AppendChanges(nil, changes))
	f.Add(crsql.AppendChanges(nil, nil))
	mark := crsql.Mark{Site: []byte{1}, Version: 3, ID: crsql.MarkID{7}}
	reply, _ := crsql.Reply{Site: []byte{1}, Changes: changes, At: mark, Marks: []crsql.Mark{mark}, More: true}.AppendBinary(nil)
	f.Add(reply)
	request, _ := crsql.Request{Site: []byte{1}, Marks: []crsql.Mark{mark}}.AppendBinary(nil)
	f.Add(request)
}

// No bytes crash the decoders, and what they take is what the encoders write.
func FuzzDecodeChanges(f *testing.F) {
	seedEncodings(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if changes, err := crsql.DecodeChanges(b); err == nil {
			require.Equal(t, b, crsql.AppendChanges(nil, changes))
		} else {
			require.ErrorIs(t, err, crsql.ErrEncoding)
		}
	})
}

func FuzzDecodeExchange(f *testing.F) {
	seedEncodings(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var reply crsql.Reply
		if err := reply.UnmarshalBinary(b); err == nil {
			again, _ := reply.AppendBinary(nil)
			require.Equal(t, b, again)
		}
		var request crsql.Request
		if err := request.UnmarshalBinary(b); err == nil {
			again, _ := request.AppendBinary(nil)
			require.Equal(t, b, again)
		}
	})
}
