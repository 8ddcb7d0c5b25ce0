namespace PluginMail.Abstractions;

/// <content>What hooks answer.</content>
public sealed partial class MailScript
{
    /// <summary>Nothing against it, nothing to change.</summary>
    public Verdict Pass => Verdict.Pass;

    /// <summary>Refuses for good: 550 5.7.1.</summary>
    /// <param name="text">The reason, for the sender.</param>
    /// <returns>The verdict.</returns>
    public Verdict Refuse(string text) => Verdict.Refuse(SmtpReply.PolicyRefusal(text));

    /// <summary>Asks the client to come again: 451 4.7.1.</summary>
    /// <param name="text">The reason, for the sender.</param>
    /// <returns>The verdict.</returns>
    public Verdict Defer(string text) => Verdict.Defer(new SmtpReply(451, new EnhancedStatusCode(4, 7, 1), text));

    /// <summary>Accepts and throws away.</summary>
    /// <param name="reason">Why, for the log.</param>
    /// <returns>The verdict.</returns>
    public Verdict Discard(string reason) => Verdict.Discard(reason);

    /// <summary>Accepts and keeps from the recipients until a person releases it.</summary>
    /// <param name="reason">Why, for that person.</param>
    /// <returns>The verdict.</returns>
    public Verdict Hold(string reason) => Verdict.Hold(reason);

    /// <summary>Passes with several effects.</summary>
    /// <param name="effects">The effects, in their order.</param>
    /// <returns>The verdict.</returns>
    public Verdict Apply(params ReadOnlySpan<Effect> effects) => Verdict.Apply(effects);

    /// <summary>Sends the message to somebody else instead of to its recipients.</summary>
    /// <param name="message">The message.</param>
    /// <param name="address">Whom.</param>
    /// <returns>The verdict.</returns>
    /// <exception cref="ArgumentException">The text is no address.</exception>
    public Verdict RedirectTo(IMessageView message, string address)
    {
        var recipient = Address(address);
        return Verdict.Apply(
        [
            .. message.Envelope.Recipients.Where(old => !old.Equals(recipient)).Select(old => new Effect.RemoveRecipient(old)),
            .. message.Envelope.Recipients.Contains(recipient) ? Array.Empty<Effect>() : [new Effect.AddRecipient(recipient)],
        ]);
    }

    /// <summary>Sends the message to one recipient more.</summary>
    /// <param name="address">Whom.</param>
    /// <returns>The effect.</returns>
    /// <exception cref="ArgumentException">The text is no address.</exception>
    public Effect CopyTo(string address) => new Effect.AddRecipient(Address(address));

    /// <summary>Takes a recipient off.</summary>
    /// <param name="address">Whom.</param>
    /// <returns>The effect.</returns>
    public Effect DropRecipient(EmailAddress address) => new Effect.RemoveRecipient(address);

    /// <summary>Replaces the first header field of a name, and adds it where there is none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value, unencoded: one line, as <see cref="HeaderEdit"/> says.</param>
    /// <returns>The effect.</returns>
    public Effect SetHeader(string name, string value) => new HeaderEdit.Replace(name, value);

    /// <summary>Adds a header field above all others.</summary>
    /// <param name="name">The name.</param>
    /// <param name="value">The value, unencoded: one line, as <see cref="HeaderEdit"/> says.</param>
    /// <returns>The effect.</returns>
    public Effect AddHeader(string name, string value) => new HeaderEdit.Add(name, value);

    /// <summary>Removes all header fields of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The effect.</returns>
    public Effect RemoveHeader(string name) => new HeaderEdit.Remove(name);

    /// <summary>Adds points to the score, which the server compares with <c>[spam]</c>.</summary>
    /// <param name="points">The points.</param>
    /// <param name="reason">A word for trace and header.</param>
    /// <returns>The effect.</returns>
    public Effect Score(double points, string reason) => new Effect.Score(points, reason);

    /// <summary>Marks the message for later roles, filters and the trace.</summary>
    /// <param name="name">The mark.</param>
    /// <returns>The effect.</returns>
    public Effect Tag(string name) => new Effect.Tag(name);

    /// <summary>An address.</summary>
    /// <param name="text">As <c>a@example.org</c>.</param>
    /// <returns>The address.</returns>
    /// <exception cref="ArgumentException">The text is no address.</exception>
    public EmailAddress Address(string text) => EmailAddress.TryParse(text, out var address)
        ? address
        : throw new ArgumentException($"'{text}' is not an address", nameof(text));
}
