//! Taking a move, a split or a merge back: the words that are still where it put them go where they were. A split-off ticket goes
//! back with all that was written in it since; its address goes on to work, in the ticket it came from.

use model::{
    MessageId, Refusal, ShiftId,
    conversation::{Folder, Line},
    message::Happening,
    shift::How,
};

use super::{
    recounted,
    rows::{self, Kept, Pick},
};
use crate::{Agent, Result, db::Tx, message};

impl Agent {
    /// Undoes it. Done already, it stays done; what was merged on since has to be undone first.
    pub async fn undo_shift(&self, id: ShiftId) -> Result<()> {
        self.write(move |tx, agent| Box::pin(async move { agent.carry_back(tx, &id).await })).await
    }

    async fn carry_back(&self, tx: &mut Tx, id: &ShiftId) -> Result<()> {
        let kept = rows::load(tx.conn(), &self.property, id).await?.ok_or(Refusal::NotFound)?;
        let (first, second) = if kept.source < kept.target { (&kept.source, &kept.target) } else { (&kept.target, &kept.source) };
        let (first, second) = (self.take(tx, first).await?, self.take(tx, second).await?);
        let (source, target) = if first.id == kept.source { (first, second) } else { (second, first) };
        // looked at again: somebody may have been faster
        let kept = rows::load(tx.conn(), &self.property, id).await?.ok_or(Refusal::NotFound)?;
        if kept.undone {
            return Ok(());
        }
        let merged_on = target.folder == Folder::Merged || (kept.how != How::Merged && source.folder == Folder::Merged);
        if merged_on {
            return Err(Refusal::Conflict.into());
        }
        if kept.how == How::Split {
            rows::pick(tx, &self.property, &Kept { source: target.id.clone(), ..kept.clone() }, Pick::All).await?;
        }
        let moved = rows::in_place(tx.conn(), &self.property, &kept).await?;
        if moved.is_empty() && kept.how == How::Moved {
            return Err(Refusal::Conflict.into());
        }
        rows::relocate(tx, &self.property, &kept.id, &target.id, &source.id).await?;
        self.restore(tx, &kept, &source, &target, &moved).await
    }

    /// Both lines as they are without it, and told.
    async fn restore(&self, tx: &mut Tx, kept: &Kept, source: &Line, target: &Line, moved: &[MessageId]) -> Result<()> {
        let waits = rows::waits(tx, &self.property, moved).await?;
        let mut back = recounted(tx, &self.property, source, waits && kept.how != How::Merged).await?;
        let mut left = recounted(tx, &self.property, target, false).await?;
        match kept.how {
            How::Merged => {
                back.folder = kept.folder;
                rows::merge(tx, &self.property, &source.id, None).await?;
                rows::part(tx, &self.property, &target.id, &kept.joined).await?;
            }
            How::Split => {
                left.folder = Folder::Merged;
                rows::merge(tx, &self.property, &target.id, Some(&source.id)).await?;
            }
            How::Moved => {}
        }
        let mut told = moved.to_vec();
        for id in [&kept.out_entry, &kept.in_entry] {
            self.mark_undone(tx, id).await?;
            told.push(id.clone());
        }
        rows::undone(tx, &self.property, &kept.id).await?;
        self.tell(tx, (Some(source), &back), &told, None).await?;
        self.tell(tx, (Some(target), &left), &told, None).await
    }

    /// The entry that tells it says who undid it.
    async fn mark_undone(&self, tx: &mut Tx, id: &MessageId) -> Result<()> {
        let happened = message::load(tx.conn(), &self.property, id).await?.and_then(|message| message.happened);
        let Some(Happening::Shifted { how, out, number, conversation, shift, .. }) = happened else { return Ok(()) };
        let undone = Happening::Shifted { how, out, number, conversation, shift, undone_by: Some(self.name().to_owned()) };
        sqlx::query("update message set happened = $3 where property = $1 and id = $2")
            .bind(self.property.as_str())
            .bind(id.as_str())
            .bind(serde_json::to_string(&undone)?)
            .execute(tx.conn())
            .await?;
        Ok(())
    }
}
