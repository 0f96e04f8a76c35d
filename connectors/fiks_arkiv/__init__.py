"""The archive behind Fiks Arkiv V1: messages over Fiks IO, replies over AMQP."""
