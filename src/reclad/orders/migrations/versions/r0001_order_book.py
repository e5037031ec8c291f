"""Orders, operations, hold points and powder lots."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(80), nullable=False, unique=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("customer", sa.String(400), nullable=False),
        sa.Column("received", sa.DateTime(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("rush", sa.Boolean(), nullable=False),
        sa.Column("finish", sa.String(20), nullable=False),
        sa.Column("job", sa.String(4000), nullable=False),
        sa.Column("job_sha256", sa.String(64), nullable=False),
        sa.Column("plan_sha256", sa.String(64), nullable=False),
        sa.Column("powder", sa.String(80), nullable=False),
        sa.Column("powder_mass", sa.Float(), nullable=False),
        sa.CheckConstraint("weight > 0", name="weight_is_positive"),
    )
    _make_operations()
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "operation_id",
            sa.Integer(),
            sa.ForeignKey("operations.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("released", sa.DateTime(), nullable=True),
    )
    op.create_table(
        "powder_lots",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("powder", sa.String(80), nullable=False),
        sa.Column("lot", sa.String(80), nullable=False),
        sa.Column("mass_left", sa.Float(), nullable=False),
        sa.Column("received", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("powder", "lot"),
        sa.CheckConstraint("mass_left >= 0", name="mass_left_not_negative"),
    )


def _make_operations() -> None:
    op.create_table(
        "operations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "order_id",
            sa.Integer(),
            sa.ForeignKey("orders.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("process", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("cell", sa.String(80), nullable=False),
        sa.Column("family", sa.String(120), nullable=False),
        sa.Column("skill", sa.String(120), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("spread", sa.Float(), nullable=False),
        sa.Column("rework", sa.Float(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        *(sa.Column(f"planned_{edge}", sa.DateTime(), nullable=True) for edge in ("start", "end")),
        *(
            sa.Column(f"planned_{who}", sa.String(80), nullable=True)
            for who in ("machine", "person")
        ),
        *(sa.Column(edge, sa.DateTime(), nullable=True) for edge in ("started", "ended")),
        *(sa.Column(who, sa.String(80), nullable=True) for who in ("machine", "person")),
        sa.UniqueConstraint("order_id", "position"),
        sa.CheckConstraint(
            "state IN ('waiting', 'ready', 'running', 'done', 'on hold')", name="state_is_known"
        ),
        sa.CheckConstraint("minutes >= 0", name="minutes_not_negative"),
    )


def downgrade() -> None:
    """Take the tables away, with all that is in them."""
    for name in ("powder_lots", "holds", "operations", "orders"):
        op.drop_table(name)
