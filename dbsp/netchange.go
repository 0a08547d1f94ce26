package dbsp

import "encoding/binary"

// netChange sums up what a batch changes in an arrangement, per group and element, so that the store is asked once for
// each element that really changes: an UPDATE of other columns takes an element away and puts it back, which is nothing.
type netChange struct {
	index   *keyIndex
	group   []int32 // group[n] is the group of element n
	weight  []int64 // weight[n] is its net weight
	scratch []byte
}

// groupPrefix is the length of the group number before an element in the index.
const groupPrefix = 4

func newNetChange() *netChange {
	c := &netChange{}
	c.open()
	return c
}

// open makes c, new or released, ready.
func (c *netChange) open() { c.index = newKeyIndex() }

// release is keyIndex.release.
func (c *netChange) release() {
	c.index.release()
	c.index = nil
	if cap(c.group) > groupingKept || cap(c.scratch) > 64*groupingKept {
		*c = netChange{}
	}
	c.group, c.weight = c.group[:0], c.weight[:0]
}

// begin returns a buffer to append one element of group to; end takes it back.
func (c *netChange) begin(group int32) []byte {
	return binary.BigEndian.AppendUint32(c.scratch[:0], uint32(group))
}

// end adds weight to the element that was appended to begin's buffer. It returns the element's number.
func (c *netChange) end(buf []byte, weight int64) int32 {
	c.scratch = buf
	n, fresh := c.index.intern(buf)
	if fresh {
		c.group = append(c.group, int32(binary.BigEndian.Uint32(buf)))
		c.weight = append(c.weight, 0)
	}
	c.weight[n] += weight
	return n
}

// seal ends adding; element may be called from now on.
func (c *netChange) seal() { c.index.seal() }

// element returns element n.
func (c *netChange) element(n int32) string { return c.index.key(n)[groupPrefix:] }
